// SPDX-License-Identifier: MIT
// Allocation sites, sampled functions and metrics.

const cell_with_tip = (text, kind) => element("td", {class: kind, title: text}, text);
function frame_item(stack, f) {
    const file = names[column(stack, "file")[f]], line = column(stack, "line")[f];
    return element("li", {}, names[column(stack, "name")[f]] || "(no name)", column(stack, "inlined")[f] ? element("span", {class: "where"}, " inlined") : null,
                   file ? element("span", {class: "where"}, "  " + place_text(file, line)) : null);
}

function draw_sites(tree) {
    if (data.sites.length === 0) return;
    by_id("sites").hidden = false;
    const all = data.sites.reduce((sum, site) => sum + site.bytes, 0) || 1;
    const left_out = data.n_sites - data.sites.length;
    by_id("sites-hint").textContent = "Found by sampling about every 512 KiB that is allocated: bytes and counts are estimates. Share is of what is listed." +
        (left_out > 0 ? ` ${plural(left_out, "site")} with fewer bytes are left out.` : "");
    const opened = new Set();
    const site_name = site => site.stack.rows ? names[column(site.stack, "name")[0]] : "(elsewhere)";
    const site_place = site => site.stack.rows ? place_text(names[column(site.stack, "file")[0]], column(site.stack, "line")[0]) : "";
    const columns = [
        {title: "Function", class: "name", value: site_name, cell: site => {
            const twisty = element("button", {class: "twisty" + (site.stack.rows ? "" : " leaf"), "aria-expanded": String(opened.has(site)), "aria-label": "Stack"});
            on_click(twisty, () => { opened.has(site) ? opened.delete(site) : opened.add(site); draw(); });
            return element("td", {class: "name", title: site_name(site)}, element("div", {class: "cell"}, twisty, element("span", {class: "label code", dir: "auto"}, site_name(site))));
        }},
        {title: "Source", class: "text", value: site_place, cell: site => cell_with_tip(site_place(site) || "–", "text soft code place")},
        {title: "Scope", class: "text", value: site => names[site.scope], cell: site => names[site.scope]
            ? element("td", {class: "text place", title: names[site.scope]}, scope_link(tree, data.names[site.scope]))
            : cell("–", "text none")},
        {title: "Bytes", value: site => site.bytes, cell: site => cell(bytes_text(site.bytes))},
        {title: "Share", class: "share", value: site => site.bytes, cell: site => {
            const made = cell(percent_text(site.bytes / all), "share");
            made.style.setProperty("--total", site.bytes / all);
            return made;
        }},
        {title: "Allocations", value: site => site.allocations, cell: site => cell(count_text(site.allocations))},
        {title: "Mean size", value: site => site.allocations ? site.bytes / site.allocations : 0, cell: site => cell(site.allocations ? bytes_text(site.bytes / site.allocations) : "–")},
        {title: "Samples", value: site => site.samples, cell: site => cell(count_text(site.samples), "soft")},
    ];
    const row = (site, cells) => {
        const made = [element("tr", {}, ...cells)];
        if (opened.has(site)) {
            const list = element("ol", {class: "stack"}, ...Array.from({length: site.stack.rows}, (_, f) => frame_item(site.stack, f)));
            if (site.frames > site.stack.rows) list.append(element("li", {}, `… ${site.frames - site.stack.rows} more`));
            made.push(element("tr", {class: "open-stack"}, element("td", {colspan: columns.length}, list)));
        }
        return made;
    };
    const draw = sorted_table(by_id("sites-table"), by_id("sites-more"), columns, () => data.sites, {by: 3, limit: 25, row});
}

function draw_functions() {
    const profiles = data.samples.filter(p => p.samples > 0 || p.failure);
    if (profiles.length === 0) return;
    by_id("functions").hidden = false;
    const select = by_id("functions-view");
    profiles.forEach((p, i) => select.append(element("option", {value: i}, printable(p.name) || `profile ${i + 1}`)));
    select.hidden = profiles.length < 2;
    select.addEventListener("change", () => show(Number(select.value)));
    function show(index) {
        const p = profiles[index], f = p.functions, n = p.samples;
        const read = Object.fromEntries(["name", "file", "line", "inlined", "self", "total"].map(c => [c, column(f, c)]));
        const rows = Array.from({length: f.rows}, (_, i) => i);
        const place = i => place_text(names[read.file[i]], read.line[i]);
        const share = counts => i => {
            const found = wilson(counts[i], n);
            const made = cell(percent_text(found.share), "share");
            made.style.setProperty(counts === read.self ? "--self" : "--total", found.share);
            made.title = `${grouped(counts[i])} of ${grouped(n)} samples`;
            return made;
        };
        const between = counts => i => {
            const found = wilson(counts[i], n);
            return cell(`${(100 * found.low).toFixed(1)} – ${(100 * found.high).toFixed(1)}`, "soft");
        };
        const columns = [
            {title: "Function", class: "name", value: i => names[read.name[i]], cell: i => element("td", {class: "name", title: names[read.name[i]]},
                element("div", {class: "cell"}, element("span", {class: "label code", dir: "auto"}, names[read.name[i]] || "(no name)"), read.inlined[i] ? element("span", {class: "badge"}, "inlined") : null))},
            {title: "Source", class: "text", value: place, cell: i => cell_with_tip(place(i) || "–", "text soft code place")},
            {title: "Self", class: "share", value: i => read.self[i], cell: share(read.self), hint: "Share of the samples in which it was innermost"},
            {title: "95 %", value: i => read.self[i], cell: between(read.self), hint: "Confidence interval of the self share (Wilson)"},
            {title: "Total", class: "share", value: i => read.total[i], cell: share(read.total), hint: "Share of the samples in which it was anywhere on the stack"},
            {title: "95 %", value: i => read.total[i], cell: between(read.total), hint: "Confidence interval of the total share (Wilson)"},
        ];
        sorted_table(by_id("functions-table"), by_id("functions-more"), columns, () => rows, {by: 2, limit: 40, row: (i, cells) => [element("tr", {}, ...cells)]});
        const hint = [`${plural(n, "sample")} in ${time_text(p.duration, 3)} (${time_text(p.cpu, 3)} of CPU)`];
        if (p.hz) hint.push(`asked for ${grouped(p.hz)} a second`);
        if (p.engine) hint.push(printable(p.engine));
        if (p.lost) hint.push(`${plural(p.lost, "sample")} lost`);
        if (p.n_functions > f.rows) hint.push(`the ${grouped(p.n_functions - f.rows)} functions with the least self time are left out`);
        if (p.failure) hint.push(`ended with an exception: ${printable(p.failure)}`);
        by_id("functions-hint").textContent = hint.join("; ") + ".";
    }
    show(0);
}

function draw_metrics() {
    if (data.metrics.length === 0) return;
    by_id("metrics").hidden = false;
    let needle = "";
    // A name says the unit of its value: "linear.operator_cache.bytes", "linear.operator_cache.saved_seconds".
    const text_of = (metric, value) => /bytes$/.test(metric.name) ? bytes_text(value) : /seconds$/.test(metric.name) ? time_text(value * 1e9)
        : Number.isInteger(value) && Math.abs(value) < 1e15 ? grouped(value) : String(Number(value.toPrecision(6)));
    const kinds = ["counter", "gauge", "histogram"], histogram = m => m.kind === 2;
    // Buckets that hold something, side by side.
    const bars = m => {
        const counts = column(m.buckets, "count"), most = Math.max(...counts), width = 4, height = 18;
        return svg_element("svg", {width: Math.max(counts.length * width, 1), height, "aria-hidden": "true"}, ...Array.from(counts, (n, i) =>
            svg_element("rect", {class: "bucket", x: i * width, width: width - 1, y: height - Math.max(n / most * height, 1), height: Math.max(n / most * height, 1)})));
    };
    const columns = [
        {title: "Name", class: "name", value: m => m.name, cell: m => element("td", {class: "name", title: printable(m.name) + (m.help ? "\n" + printable(m.help) : "")},
            element("div", {class: "cell"}, element("span", {class: "label code", dir: "auto"}, ...marked(printable(m.name), needle))))},
        {title: "Kind", class: "text", value: m => kinds[m.kind], cell: m => cell(kinds[m.kind], "text soft")},
        {title: "Value", value: m => histogram(m) ? m.count : m.value, cell: m => cell(histogram(m) ? plural(m.count, "value") : text_of(m, m.value))},
    ];
    if (data.metrics.some(m => m.labels.length))
        columns.splice(1, 0, {title: "Labels", class: "text", value: m => m.labels.join(), cell: m => element("td", {class: "text place", title: printable(m.labels.join("\n"))},
            ...m.labels.map(label => element("span", {class: "badge", dir: "auto"}, printable(label))))});
    if (data.metrics.some(histogram)) {
        for (const [title, key] of [["Mean", "mean"], ["p50", "p50"], ["p90", "p90"], ["p99", "p99"], ["Max", "max"]]) {
            const value = m => !histogram(m) || !m.count ? 0 : key === "mean" ? m.sum / m.count : m[key];
            columns.push({title, value, cell: m => histogram(m) && m.count ? cell(text_of(m, value(m))) : cell("–", "none")});
        }
        columns.push({title: "Distribution", class: "text", value: m => histogram(m) ? m.count : 0, cell: m => element("td", {class: "text"}, histogram(m) && m.count ? bars(m) : null)});
    }
    const rows = () => needle ? data.metrics.filter(m => (m.name + " " + m.labels.join(" ")).toLowerCase().includes(needle)) : data.metrics;
    const draw = sorted_table(by_id("metrics-table"), by_id("metrics-more"), columns, rows, {by: 0, descending: false, limit: 60, row: (m, cells) => [element("tr", {}, ...cells)]});
    by_id("metrics-filter").addEventListener("input", event => { needle = event.target.value.toLowerCase(); draw(); });
    by_id("metrics-filter").hidden = data.metrics.length < 8;
    const left_out = data.n_metrics - data.metrics.length;
    by_id("metrics-hint").textContent = left_out > 0 ? `${plural(left_out, "metric is", "metrics are")} left out.` : "";
}
