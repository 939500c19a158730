// SPDX-License-Identifier: MIT
// The top of the page: what was measured, what it cost, what to do next.

// A button that leads to the scope in the tree; plain text where it is none that is shown.
function scope_link(tree, path) {
    if (tree.find(path) < 0) return element("span", {class: "link plain"}, printable(path));
    return on_click(element("button", {class: "link", title: "Show in the tree of scopes"}, printable(path)), () => report.table.reveal(path));
}

function draw_summary(tree) {
    const s = data.summary;
    const tile = (label, value, sub) => by_id("tiles").append(element("div", {class: "tile"},
        element("div", {class: "label"}, label), element("div", {class: "value"}, ...[value].flat()), element("div", {class: "sub"}, sub)));
    const small = text => element("small", {}, text);

    tile("Wall time", s.wall ? time_text(s.wall) : "–", s.wall ? `${time_text(s.self)} in scopes, over all threads` : "nothing measured");
    tile("Threads", count_text(s.threads), s.threads === 1 ? "one thread entered scopes" : "entered scopes");
    tile("Scopes", count_text(s.calls), `calls of ${plural(s.scopes, "scope")}`);
    if (s.scope_cost)
        tile("Own overhead", s.wall ? percent_text(s.overhead / s.wall) : "–", `${time_text(s.scope_cost, 3)} a scope, clock ${s.clock || "unknown"}`);
    if (s.has_allocations) {
        tile("Heap peak", bytes_text(s.heap_peak), `${bytes_text(s.heap_live)} live now`);
        tile("Allocations", count_text(s.allocations), `${bytes_text(s.allocated)} in all`);
    }
    if (s.library_peak) tile("Library peak", bytes_text(s.library_peak), `${bytes_text(s.library_live)} live now, outside operator new`);
    if (s.resident) tile("Resident peak", bytes_text(s.resident_peak), `${bytes_text(s.resident)} now`);

    const note = (text, warns) => by_id("notes").append(element("li", {class: warns ? "warn" : ""}, text));
    if (s.calls && s.timed_bias) {
        const much = time_text(Math.abs(s.timed_bias), 3);
        note(s.timed_bias < 0 ? `A timed scope reads about ${much} too little: plain clock readings are not ordered with the code around them. Means below ${time_text(5 * s.scope_cost, 2)} say little.`
                              : `A scope reads about ${much} too much: the part of the clock that falls inside it.`);
    }
    if (s.n_demoted) {
        const more = s.n_demoted > s.demoted.length ? `, and ${s.n_demoted - s.demoted.length} more` : "";
        note(`Recorded more cheaply since they cost more than ${percent_text(s.budget)} of the time; their times are estimates: ${s.demoted.map(printable).join(", ")}${more}.`, true);
    }
    if (s.unrecorded) note(`${plural(s.unrecorded, "scope was", "scopes were")} nested too deep and not recorded.`, true);
    if (s.dropped) note(`${plural(s.dropped, "event is", "events are")} not on the timeline: its limit was reached.`, true);
    if (s.has_memory && !s.has_allocations) note("Allocations were not measured: link poise::allocation_hooks.", true);
    if (s.records) note(`The profiler itself holds ${bytes_text(s.records)}. Heap, library memory and the resident set are measured each on its own; none is the sum of the others.`);

    for (const a of data.advice) {
        const scope = printable(a.scope);
        by_id("advice").append(element("article", {},
            element("div", {class: "rule"}, element("b", {}, printable(a.rule)), element("span", {class: "number"}, printable(a.number))),
            scope ? scope_link(tree, a.scope) : null,
            element("p", {}, printable(a.message)), element("p", {class: "remedy"}, printable(a.remedy))));
    }
    if (s.wall === 0 && s.scopes === 0 && s.calls === 0)
        by_id("advice").before(element("div", {class: "card empty"}, "Nothing was measured. Call ", element("code", {}, "poise::profile::enable()"),
            " first, or run the program with ", element("code", {}, "POISE_PROFILE=1"), "."));
}
