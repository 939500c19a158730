// SPDX-License-Identifier: MIT
// Comparisons as a forest plot, measurements as strips of what was measured.

const verdicts = ["faster", "slower", "equivalent", "undecided"];
const verdict_badges = ["good", "bad", "", "warn"];

// A scale in logarithms from low to high, and round ticks on it.
function log_scale(low, high, width, margin) {
    const a = Math.log(low), b = Math.log(high);
    return value => margin + (Math.log(Math.min(Math.max(value, low), high)) - a) / (b - a || 1) * (width - 2 * margin);
}
function ratio_ticks(low, high) {
    const steps = high / low > 30 ? [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] : high / low > 4 ? [0.1, 0.2, 0.5, 1, 2, 5, 10]
        : high / low > 1.7 ? [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 2, 2.5] : [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3];
    return steps.filter(t => t >= low && t <= high);
}
const time_ticks = (low, high) => {
    const ticks = [];
    if (high / low > 12) {
        for (let p = 10 ** Math.floor(Math.log10(low)); p <= high; p *= 10) for (const f of high / low > 200 ? [1] : [1, 3]) ticks.push(f * p);
    } else {
        const step = round_step(high - low, 3);
        for (let t = Math.ceil(low / step) * step; t <= high; t += step) ticks.push(t);
    }
    return ticks.filter(t => t >= low && t <= high);
};

function slices_of(m) {
    return m.slices.length ? m.slices : [m.median];
}
// From the quickest to what nineteen slices in twenty stay below: a few that were disturbed must not squeeze the rest.
function time_range(measurements) {
    let low = Infinity, high = 0;
    for (const m of measurements) {
        const sorted = slices_of(m).filter(s => s > 0).sort((a, b) => a - b);
        low = Math.min(low, sorted[0] ?? Infinity, m.low || Infinity);
        high = Math.max(high, (sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0) * 1.06, m.high * 1.02);
    }
    return low < Infinity && high > 0 ? [low * 0.97, Math.max(high, low * 1.02)] : [1, 2];
}

const cell_height = 44;
function strip(m, range, width, labels = false) {
    const x = log_scale(range[0], range[1], width, 10), picture = svg_element("svg", {width, height: cell_height, "aria-hidden": "true"});
    for (const t of time_ticks(...range)) picture.append(svg_element("line", {class: "tick", x1: x(t), x2: x(t), y1: 0, y2: cell_height}));
    if (m.high > m.low) picture.append(svg_element("rect", {class: "interval", x: x(m.low), width: Math.max(x(m.high) - x(m.low), 1), y: 6, height: cell_height - 12}));
    slices_of(m).forEach((s, i) => {
        // Spread by the golden ratio: even, and the same each time.
        const y = 7 + (i * 0.6180339887 % 1) * (cell_height - (labels ? 24 : 14));
        picture.append(svg_element("circle", {class: "dot", cx: x(s), cy: y, r: 1.9}));
    });
    if (labels) {
        picture.append(svg_element("text", {x: 4, y: cell_height - 3}, time_text(range[0], 3)),
                       svg_element("text", {x: width - 4, y: cell_height - 3, "text-anchor": "end"}, time_text(range[1], 3)));
    }
    picture.append(svg_element("line", {class: "median", x1: x(m.median), x2: x(m.median), y1: 5, y2: cell_height - 5}));
    return element("td", {class: "plot", title: `${plural(m.n_slices, "slice")} of ${plural(m.calls, "call")}; what is beyond the right edge is drawn at it`}, picture);
}
function time_axis(range, width) {
    const x = log_scale(range[0], range[1], width, 10), picture = svg_element("svg", {width, height: 22, "aria-hidden": "true"});
    let last = -100;
    for (const t of time_ticks(...range)) {
        if (x(t) - last < 58) continue;
        last = x(t);
        picture.append(svg_element("text", {x: Math.min(Math.max(x(t), 22), width - 22), y: 14, "text-anchor": "middle"}, time_text(t, 3)));
    }
    return element("td", {class: "plot axis"}, picture);
}

function forest_scale(c, width) {
    let low = Math.min(c.floor_low, 1 / (1 + c.min_effect)), high = Math.max(c.floor_high, 1 + c.min_effect);
    for (const one of c.contenders) [low, high] = [Math.min(low, one.ratio_low || 1), Math.max(high, one.ratio_high || 1)];
    low = Math.max(low, 1e-3) / 1.06;
    high = Math.min(high, 1e3) * 1.06;
    return {low, high, x: log_scale(low, high, width, 12)};
}
function forest_cell(c, one, i, {low, high, x}, width) {
    const picture = svg_element("svg", {width, height: cell_height, "aria-hidden": "true"}), middle = cell_height / 2;
    const band = (from, to, kind) => svg_element("rect", {class: kind, x: x(from), width: Math.max(x(to) - x(from), 1), y: 0, height: cell_height});
    for (const t of ratio_ticks(low, high)) picture.append(svg_element("line", {class: "tick", x1: x(t), x2: x(t), y1: 0, y2: cell_height}));
    if (c.min_effect) picture.append(band(1 / (1 + c.min_effect), 1 + c.min_effect, "equal"));
    picture.append(svg_element("line", {class: "one", x1: x(1), x2: x(1), y1: 0, y2: cell_height}));
    for (const edge of [c.floor_low, c.floor_high])
        if (c.floor_high > c.floor_low) picture.append(svg_element("line", {class: "floor", x1: x(edge), x2: x(edge), y1: 0, y2: cell_height}));
    const kind = "mark " + (i === 0 ? "baseline" : verdicts[one.verdict]);
    if (i > 0) {
        picture.append(svg_element("line", {class: kind, x1: x(one.ratio_low), x2: x(one.ratio_high), y1: middle, y2: middle, "stroke-width": 2.5}));
        for (const end of [one.ratio_low, one.ratio_high])
            picture.append(svg_element("line", {class: kind, x1: x(end), x2: x(end), y1: middle - 5, y2: middle + 5, "stroke-width": 1.5}));
    }
    picture.append(svg_element("rect", {class: kind, x: x(i === 0 ? 1 : one.ratio) - 4.5, y: middle - 4.5, width: 9, height: 9, transform: `rotate(45 ${x(i === 0 ? 1 : one.ratio)} ${middle})`}));
    return element("td", {class: "plot"}, picture);
}
function forest_axis({low, high, x}, width) {
    const picture = svg_element("svg", {width, height: 22, "aria-hidden": "true"});
    let last = -100;
    for (const t of ratio_ticks(low, high)) {
        if (x(t) - last < 34) continue;
        last = x(t);
        picture.append(svg_element("text", {x: Math.min(Math.max(x(t), 16), width - 16), y: 14, "text-anchor": "middle"}, "×" + t));
    }
    return element("td", {class: "plot axis"}, picture);
}

const head_row = titles => element("thead", {}, element("tr", {}, ...titles.map(([title, kind]) => element("th", {class: kind, scope: "col"}, element("span", {}, title)))));
const name_cell = text => element("td", {class: "name", title: text}, element("div", {class: "cell"}, element("span", {class: "label", dir: "auto"}, text)));
const interval_text = (low, high, text) => `${text(low)} – ${text(high)}`;
const ratio_text = r => "×" + digits(r, 3);

// In a narrow window the pictures stay, and some of the numbers go where the pointer finds them.
const is_narrow = room => room < 860;

function comparison_element(c, room) {
    const narrow = is_narrow(room), width = narrow ? Math.max(150, Math.min(260, Math.floor((room - 362) / 2))) : Math.min(460, Math.floor((room - 690) / 2)), scale = forest_scale(c, width), range = time_range(c.contenders);
    const interval = one => interval_text(one.ratio_low, one.ratio_high, r => digits(r, 3));
    const rows = c.contenders.map((one, i) => element("tr", {title: narrow ? `${i === 0 ? "" : "×" + interval(one) + ", "}median ${time_text(one.median)}` : undefined},
        name_cell(printable(one.name) || `#${i + 1}`),
        element("td", {class: "text"}, element("span", {class: "badge " + (i === 0 ? "" : verdict_badges[one.verdict])}, i === 0 ? "baseline" : verdicts[one.verdict])),
        cell(i === 0 ? "×1" : ratio_text(one.ratio)), narrow ? null : cell(i === 0 ? "" : interval(one), "soft"),
        forest_cell(c, one, i, scale, width), narrow ? null : cell(time_text(one.median)), strip(one, range, width)));
    const axis = element("tr", {}, element("td", {colspan: narrow ? 3 : 4, class: "axis"}), forest_axis(scale, width), narrow ? null : element("td", {class: "axis"}), time_axis(range, width));
    const about = [plural(c.pairs, "pair"), `differences below ${percent_text(c.min_effect)} count as none`,
                   `noise floor ${interval_text(c.floor_low, c.floor_high, ratio_text)}`];
    if (c.duration) about.push(`took ${time_text(c.duration, 3)}`);
    return element("div", {class: "comparison"}, element("h3", {}, printable(c.name) || "comparison"), element("p", {class: "about"}, about.join("  ·  ")),
        element("div", {class: "scroll"}, element("table", {class: "data"},
            head_row(narrow ? [["Contender", "name"], ["Verdict", "text"], ["Time"], ["Ratio, logarithmic", "text"], ["Slices", "text"]]
                            : [["Contender", "name"], ["Verdict", "text"], ["Time over baseline"], ["95 %"], ["Ratio, logarithmic", "text"], ["Median"], ["Slices", "text"]]),
            element("tbody", {}, ...rows, axis))),
        element("div", {class: "legend"},
            element("span", {}, element("i", {class: "equal"}), `equivalent: within ${percent_text(c.min_effect)}`),
            element("span", {}, element("i", {class: "floor"}), "noise floor: the baseline against itself"),
            element("span", {}, element("i", {class: "median"}), "median")));
}

function measurements_element(measurements, room) {
    const narrow = is_narrow(room), width = narrow ? Math.max(150, room - 460) : Math.min(620, room - 676);
    const rows = measurements.map(m => {
        const range = time_range([m]);
        return element("tr", {}, name_cell(printable(m.name) || "measurement"), cell(time_text(m.median)), cell(interval_text(m.low, m.high, t => time_text(t)), "soft"),
            ...(narrow ? [] : [cell(time_text(m.mad, 3), "soft"), cell(time_text(m.min), "soft"), cell(`${grouped(m.n_slices)} × ${grouped(m.calls)}`, "soft")]), strip(m, range, width, true));
    });
    return element("div", {class: "comparison"}, element("h3", {}, "Measurements"), element("p", {class: "about"}, "Time of one call. Each strip has a scale of its own."),
        element("div", {class: "scroll"}, element("table", {class: "data"},
            head_row([["Name", "name"], ["Median"], ["95 %"], ...(narrow ? [] : [["MAD"], ["Min"], ["Slices × calls"]]), ["Distribution", "text"]]), element("tbody", {}, ...rows))));
}

function draw_comparisons() {
    if (data.comparisons.length === 0 && data.measurements.length === 0) return;
    by_id("comparisons").hidden = false;
    let room = 0;
    const draw = () => {
        room = by_id("comparisons-list").clientWidth;
        const parts = data.comparisons.map(c => comparison_element(c, room));
        if (data.measurements.length) parts.push(measurements_element(data.measurements, room));
        by_id("comparisons-list").replaceChildren(...parts);
    };
    draw();
    redraw_on_change(() => { if (by_id("comparisons-list").clientWidth !== room) draw(); });
}
