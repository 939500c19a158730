// SPDX-License-Identifier: MIT
// The tree of scopes as a table: opens and closes, sorts the children of each parent, filters.

function make_scopes_table(trees) {
    const wall = data.summary.wall || 1, page_rows = 400;
    const modes = ["", "off", "counted", "1 of 16", "", "precise"];
    let view = "logical", by = "total", descending = true, limit = page_rows, needle = "", rows = [], focused = 0;
    const opened = {};  // of each view
    const current = () => trees[view];
    const mean = (t, i) => t.calls[i] ? t.total[i] / t.calls[i] : 0;
    const per_second = (work, t, i) => t.total[i] ? work[i] / (t.total[i] / 1e9) : 0;
    const all_columns = [
        {id: "name", title: "Scope", class: "name"},
        {id: "calls", title: "Calls", value: (t, i) => t.calls[i], text: count_text, hint: "How often it was entered"},
        {id: "total", title: "Total", value: (t, i) => t.total[i], text: time_text, hint: "Time inside, summed over threads"},
        {id: "self", title: "Self", value: (t, i) => t.self[i], text: time_text, hint: "Time inside, but not in scopes inside"},
        {id: "share", title: "% wall", value: (t, i) => t.total[i] / wall, text: percent_text, class: "share", hint: "Total over the wall time; may exceed 100 % where threads run at once. Dark: self"},
        {id: "mean", title: "Mean", value: mean, text: time_text, single: true, hint: "Total over calls"},
        {id: "p50", title: "p50", value: (t, i) => t.p50[i], text: v => time_text(v, 3), single: true, hint: "Half of the calls took no longer (to 6 %)"},
        {id: "p90", title: "p90", value: (t, i) => t.p90[i], text: v => time_text(v, 3), single: true, hint: "Nine calls in ten took no longer (to 6 %)"},
        {id: "p99", title: "p99", value: (t, i) => t.p99[i], text: v => time_text(v, 3), single: true, hint: "Ninety-nine calls in a hundred took no longer (to 6 %)"},
        {id: "max", title: "Max", value: (t, i) => t.max[i], text: time_text, hint: "The longest call"},
        {id: "allocations", title: "Allocs", value: (t, i) => t.allocations[i], text: count_text, hint: "Allocations inside"},
        {id: "bytes", title: "Bytes", value: (t, i) => t.bytes[i], text: bytes_text, hint: "Bytes allocated inside"},
        {id: "peak", title: "Peak", value: (t, i) => t.peak[i], text: bytes_text, hint: "The most one call held above what was held when it was entered"},
        {id: "moved", title: "GB/s", value: (t, i) => per_second(t.moved, t, i), text: rate_text, hint: "Bytes the program said it moved, over the total time"},
        {id: "flops", title: "GFlop/s", value: (t, i) => per_second(t.flops, t, i), text: rate_text, hint: "Operations the program said it did, over the total time"},
    ];
    const always = new Set(["name", "calls", "total", "self", "share", "mean", "max"]);
    const shown_columns = () => all_columns.filter(c => {
        if (always.has(c.id)) return true;
        const values = current()[c.id];
        return values.some(v => v !== 0);
    });
    const column_of = id => all_columns.find(c => c.id === id);

    function hot_rows(tree) {
        const open = new Set();
        const children_of = (first, end) => {
            const children = [];
            for (let c = first; c < end; c = tree.end[c]) children.push(c);
            return children;
        };
        // Down to where the time is, the longest first, but no more than a screen of lines.
        const closed = children_of(0, tree.n);
        let lines = closed.length;
        while (closed.length) {
            const longest = closed.reduce((best, i, at) => tree.total[i] > tree.total[closed[best]] ? at : best, 0);
            const [i] = closed.splice(longest, 1), children = children_of(i + 1, tree.end[i]);
            if (tree.total[i] < 0.02 * wall) break;
            if (children.length === 0 || lines + children.length > 40) continue;
            lines += children.length;
            open.add(i);
            closed.push(...children);
        }
        return open;
    }
    const open_rows = () => opened[view] || (opened[view] = hot_rows(current()));

    // What is shown, top to bottom: a row number each.
    function visible_rows() {
        const tree = current(), open = open_rows(), result = [];
        let wanted = null;
        if (needle) {
            wanted = new Uint8Array(tree.n);
            for (let i = tree.n - 1; i >= 0; --i) {
                if (!wanted[i] && tree.label(i).toLowerCase().includes(needle)) wanted[i] = 1;
                if (wanted[i] && tree.parent[i] >= 0) wanted[tree.parent[i]] = 2;
            }
        }
        const value = by === "name" ? null : column_of(by).value;
        const compare = (a, b) => {
            // What stands for many is no scope: it stays last.
            if (!tree.joined[a] !== !tree.joined[b]) return tree.joined[a] ? 1 : -1;
            const ascending = value ? value(tree, a) - value(tree, b) : tree.label(a).localeCompare(tree.label(b));
            return descending ? -ascending : ascending;
        };
        const stack = [];
        const push_children = (first, end) => {
            const children = [];
            for (let c = first; c < end; c = tree.end[c]) if (!wanted || wanted[c]) children.push(c);
            children.sort(compare);
            for (let k = children.length - 1; k >= 0; --k) stack.push(children[k]);
        };
        push_children(0, tree.n);
        while (stack.length) {
            const i = stack.pop();
            result.push(i);
            if (wanted ? wanted[i] === 2 || (open.has(i) && wanted[i]) : open.has(i)) push_children(i + 1, tree.end[i]);
        }
        return result;
    }

    function name_cell(tree, i, is_open) {
        const label = tree.label(i), place = tree.place(i);
        const indent = element("span");
        indent.style.flex = "none";
        indent.style.width = Math.min(tree.depth[i] * 15, 180) + "px";
        const swatch = element("span", {class: "swatch"});
        swatch.style.background = tree.joined[i] ? theme.joined : color_of(label);
        const inner = element("div", {class: "cell"}, indent,
            element("button", {class: "twisty" + (tree.is_leaf(i) ? " leaf" : ""), tabindex: "-1", "aria-hidden": "true"}), swatch,
            element("span", {class: "label", dir: "auto"}, ...marked(label, needle)));
        if (view === "threads" && tree.depth[i] === 0) inner.append(element("span", {class: "badge"}, "thread"));
        if (tree.task[i]) inner.append(element("span", {class: "badge"}, "task"));
        if (tree.demoted[i]) inner.append(element("span", {class: "badge warn", title: "It cost more than the budget and is recorded more cheaply now"}, "demoted"));
        else if (modes[tree.mode[i]] && !tree.joined[i]) inner.append(element("span", {class: "badge"}, modes[tree.mode[i]]));
        return element("td", {class: "name", role: "gridcell", title: label + (place ? "\n" + place : "")}, inner);
    }
    function row_element(i) {
        const tree = current(), is_open = open_rows().has(i);
        const row = element("tr", {role: "row", tabindex: "-1", "aria-level": tree.depth[i] + 1, class: tree.joined[i] ? "rest" : "",
                                   "aria-expanded": tree.is_leaf(i) ? undefined : String(is_open || (needle !== "" && rows.includes(i + 1)))});
        row.dataset.row = i;
        for (const c of shown_columns()) {
            if (c.id === "name") { row.append(name_cell(tree, i, is_open)); continue; }
            const value = c.single && tree.joined[i] ? 0 : c.value(tree, i);
            const made = element("td", {role: "gridcell", class: (c.class || "") + (value ? "" : " none")}, value ? c.text(value) : "–");
            if (c.id === "share") {
                made.style.setProperty("--total", Math.min(value, 1));
                made.style.setProperty("--self", Math.min(tree.self[i] / wall, 1));
            }
            if (c.id === "calls" && tree.untimed[i]) made.title = `${grouped(tree.calls[i] - tree.untimed[i])} of them timed`;
            row.append(made);
        }
        return row;
    }
    const body = element("tbody"), head = element("thead");
    function draw_head() {
        const row = element("tr", {role: "row"});
        for (const c of shown_columns()) {
            const button = on_click(element("button", {title: c.hint, "data-column": c.id}, c.title), () => sort(c.id));
            row.append(element("th", {class: c.class, scope: "col", role: "columnheader", "aria-sort": c.id === by ? (descending ? "descending" : "ascending") : undefined}, button));
        }
        head.replaceChildren(row);
    }
    function draw_hint() {
        const tree = current();
        const joined = tree.joined.reduce((sum, n) => sum + n, 0);
        const about = {logical: "Below the scope that made them, whichever thread ran them; times are sums over threads.",
                       threads: "As the threads ran them: a task stands below the scope that waited meanwhile.",
                       names: "Each name once, wherever it stands; a scope inside itself counts once."}[view];
        by_id("scopes-hint").textContent = about + (joined && view !== "names"
            ? ` ${plural(joined, "scope")} below ${percent_text(data.fold_below)} of the time, or too many to show, are joined in lines “… more”; sums are exact.` : "");
    }
    function draw() {
        rows = visible_rows();
        const focus_inside = body.contains(document.activeElement);
        body.replaceChildren(...rows.slice(0, limit).map(row_element));
        const more = by_id("scopes-more");
        more.hidden = rows.length <= limit;
        more.textContent = `Show all ${grouped(rows.length)} rows`;
        focused = Math.min(focused, Math.max(Math.min(rows.length, limit) - 1, 0));
        if (body.children[focused]) body.children[focused].tabIndex = 0;
        if (focus_inside && body.children[focused]) body.children[focused].focus({preventScroll: true});
    }
    function redraw() { draw_head(); draw_hint(); draw(); }
    function sort(id) {
        descending = id === by ? !descending : id !== "name";
        by = id;
        redraw();
        head.querySelector(`[data-column="${id}"]`).focus({preventScroll: true});
    }
    function toggle(i, open = !open_rows().has(i)) {
        if (current().is_leaf(i)) return;
        open ? open_rows().add(i) : open_rows().delete(i);
        draw();
    }
    function focus_row(at) {
        at = Math.max(0, Math.min(at, body.children.length - 1));
        if (body.children[focused]) body.children[focused].tabIndex = -1;
        focused = at;
        body.children[at].tabIndex = 0;
        body.children[at].focus();
    }
    body.addEventListener("click", event => {
        const row = event.target.closest("tr");
        if (!row) return;
        focused = [...body.children].indexOf(row);
        if (event.target.closest(".name") && !getSelection().toString()) toggle(Number(row.dataset.row));
    });
    body.addEventListener("keydown", event => {
        const row = event.target.closest("tr");
        if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
        const at = [...body.children].indexOf(row), i = Number(row.dataset.row), tree = current();
        const open = open_rows().has(i);
        const act = {
            ArrowDown: () => focus_row(at + 1), ArrowUp: () => focus_row(at - 1),
            Home: () => focus_row(0), End: () => focus_row(body.children.length - 1),
            ArrowRight: () => open || tree.is_leaf(i) ? focus_row(at + 1) : toggle(i, true),
            ArrowLeft: () => open ? toggle(i, false) : tree.parent[i] >= 0 && focus_row(rows.indexOf(tree.parent[i])),
            Enter: () => toggle(i), " ": () => toggle(i),
        }[event.key];
        if (!act) return;
        event.preventDefault();
        focused = at;
        act();
    });

    const choices = [["logical", "Logical"]];
    if (trees.threads.n) choices.push(["threads", "Per thread"]);
    choices.push(["names", "By name"]);
    const press = choice(by_id("scopes-view"), choices, view, id => show(id));
    function show(id) {
        press(id);
        view = id;
        focused = 0;
        limit = page_rows;
        if (id === "names") trees.names = trees.names || by_name(trees.logical);
        redraw();
    }
    on_click(by_id("scopes-expand"), () => {
        for (let i = 0; i < current().n; ++i) if (!current().is_leaf(i)) open_rows().add(i);
        draw();
    });
    on_click(by_id("scopes-collapse"), () => { open_rows().clear(); draw(); });
    on_click(by_id("scopes-hot"), () => { opened[view] = hot_rows(current()); draw(); });
    on_click(by_id("scopes-more"), () => { limit = Infinity; draw(); });
    function filter(text) {
        needle = text.toLowerCase();
        focused = 0;
        draw();
    }
    by_id("scopes-filter").addEventListener("input", event => filter(event.target.value));

    // Opens the tree down to "run/solve/factorise" and shows it.
    function reveal(path) {
        by_id("scopes-filter").value = "";
        needle = "";
        show("logical");
        const tree = current(), i = tree.find(path);
        by_id("scopes").scrollIntoView();
        if (i < 0) return false;
        for (let p = tree.parent[i]; p >= 0; p = tree.parent[p]) open_rows().add(p);
        limit = Infinity;
        draw();
        const at = rows.indexOf(i);
        focus_row(at);
        body.children[at].scrollIntoView({block: "nearest"});
        body.children[at].classList.add("flash");
        return true;
    }
    by_id("scopes-table").replaceChildren(head, body);
    by_id("scopes").hidden = false;
    redraw();
    redraw_on_change(draw);
    report.table = {sort, show, filter, reveal,
                    state: () => ({view, by, descending, rows: rows.map(i => current().label(i)), drawn: body.children.length,
                                   columns: shown_columns().map(c => c.id)})};
}
