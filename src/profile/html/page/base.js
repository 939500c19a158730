// SPDX-License-Identifier: MIT
// What all parts of the page use: the data, elements, numbers as text, colours, the tooltip.
// Names come from anywhere: they go into the page as textContent and into canvases, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const by_id = id => document.getElementById(id);

/// What tests and curious people may read and call: window.poise_report.data is the data, the other members are those
/// of the parts (table, flame, timeline), each with state() and what its controls do.
const report = window.poise_report = {data};

// Control characters and those that turn the direction of text would change how what stands around them looks.
function printable(text) {
    return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, c => {
        const short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[c];
        return short || "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0");
    });
}
const names = data.names.map(printable);

// element("td", {class: "text", title: "…"}, child, "text", …)
function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
        if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
}
function svg_element(tag, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children);
    return made;
}
function on_click(button, act) {
    button.addEventListener("click", act);
    return button;
}

// A column of a table of the data; those of nothing but zeros are not in it.
const column = (table, name) => table[name] || new Float64Array(table.rows);

// ---- Numbers as text. ----

const narrow = "\u202f";  // no-break space between a number and its unit, and between thousands
function digits(value, significant) {
    if (value === 0) return "0";
    const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
    return value.toFixed(Math.min(Math.max(significant - whole, 0), 12));
}
function grouped(value) {
    const text = Math.round(value).toString();
    return text.replace(/\B(?=(\d{3})+$)/g, narrow);
}
function scaled(value, units, factor, significant) {
    let i = 0, size = Math.abs(value);
    while (i + 1 < units.length && size >= factor * (1 - 0.5 * 10 ** -significant)) size /= factor, ++i;
    return digits(Math.sign(value) * size, significant) + narrow + units[i];
}
function time_text(ns, significant = 4) {
    if (!ns) return "0";
    if (Math.abs(ns) < 1) return digits(ns, 2) + narrow + "ns";
    return Math.abs(ns) >= 1e12 ? grouped(ns / 1e9) + narrow + "s" : scaled(ns, ["ns", "µs", "ms", "s"], 1000, significant);
}
const bytes_text = bytes => Math.abs(bytes) < 1024 ? Math.round(bytes) + narrow + "B"
                                                   : scaled(bytes, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], 1024, 3);
const count_text = n => n < 1e7 ? grouped(n) : scaled(n, ["", "k", "M", "G", "T", "P", "E"], 1000, 4);
const percent_text = share => {
    const percent = 100 * share;
    return (percent === 0 ? "0" : percent < 0.01 ? "<0.01" : percent < 0.1 ? percent.toFixed(2) : percent.toFixed(1)) + narrow + "%";
};
const rate_text = per_s => scaled(per_s / 1e9, [""], 1000, 3).trim();
const plural = (n, one, many = one + "s") => count_text(n) + " " + (n === 1 ? one : many);
const place_text = (file, line) => file ? file + (line ? ":" + line : "") : "";

// The 95 % interval of Wilson (1927) for k of n.
function wilson(k, n) {
    if (n === 0) return {share: 0, low: 0, high: 1};
    const z = 1.959963984540054, share = k / n, norm = 1 + z * z / n;
    const middle = (share + z * z / (2 * n)) / norm;
    const half = z / norm * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    return {share, low: Math.max(0, middle - half), high: Math.min(1, middle + half)};
}

// ---- Colours: of a name always the same, all of one lightness so that the text on them can be read. ----

const dark = matchMedia("screen and (prefers-color-scheme: dark)");
function oklch(lightness, chroma, degrees) {
    const a = chroma * Math.cos(degrees * Math.PI / 180), b = chroma * Math.sin(degrees * Math.PI / 180);
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3;
    const channel = linear => {
        const c = Math.min(Math.max(linear, 0), 1);
        return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
    };
    return `rgb(${channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)} ` +
           `${channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)} ` +
           `${channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)})`;
}
function hash_of(text) {
    let hash = 14198;  // a seed that gives poise's own phases unlike colours
    for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
let palette = new Map();
function color_of(name) {
    let color = palette.get(name);
    if (color === undefined) {
        const hash = hash_of(name), hue = (hash % 40) * 9, step = (hash >>> 8) % 3 - 1;
        color = dark.matches ? oklch(0.48 + 0.03 * step, 0.09, hue) : oklch(0.83 + 0.03 * step, 0.085, hue);
        palette.set(name, color);
    }
    return color;
}
let theme = {};
function read_theme() {
    const style = getComputedStyle(document.documentElement);
    theme = {mono: style.getPropertyValue("--mono"), sans: style.getPropertyValue("--sans")};
    for (const name of ["page", "card", "raised", "line", "grid", "text", "soft", "accent", "bar", "found", "bad", "warn"])
        theme[name] = style.getPropertyValue("--" + name).trim();
    theme.on_color = dark.matches ? "#ffffff" : "#15191e";
    theme.joined = dark.matches ? "#333b46" : "#d3d8de";
    theme.faded = dark.matches ? "#242a32" : "#e9ecef";
}
read_theme();

// ---- Canvases and what is redrawn when the window or the theme changes. ----

const redraws = [];
function redraw_on_change(draw) {
    redraws.push(draw);
}
function redraw_all() {
    read_theme();
    palette = new Map();
    for (const draw of redraws) draw();
}
dark.addEventListener("change", redraw_all);
addEventListener("resize", redraw_all);
matchMedia("print").addEventListener("change", redraw_all);

// Gives the canvas as many pixels as the screen has there; returns its context, in CSS pixels.
function sized(canvas, height) {
    const ratio = Math.min(devicePixelRatio || 1, 3);
    const width = Math.max(canvas.clientWidth, 1);
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    canvas.style.height = height + "px";
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return {context, width, height};
}

// Text in a box, cut to what fits. Monospaced, so that what fits can be counted.
const letter_widths = new Map();
function boxed_text(context, text, x, y, room) {
    let letter = letter_widths.get(context.font);
    if (letter === undefined) letter_widths.set(context.font, letter = context.measureText("mmmmmmmmmm").width / 10);
    const fits = Math.floor(room / letter);
    if (fits < 3) return;
    if (text.length > fits) text = text.slice(0, fits - 1) + "…";
    context.fillText(text, x, y, room);
}

// Round steps for an axis: 1, 2 or 5 times a power of ten.
function round_step(span, about) {
    const raw = span / Math.max(about, 1), power = 10 ** Math.floor(Math.log10(raw));
    return power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
}

// ---- The tooltip: a title and lines of [what, how much]. ----

const tip = by_id("tip");
function show_tip(event, title, lines) {
    const list = element("dl");
    for (const [what, value] of lines) if (value !== "") list.append(element("dt", {}, what), element("dd", {}, value));
    tip.replaceChildren(element("div", {class: "title"}, title), list);
    tip.hidden = false;
    const box = tip.getBoundingClientRect(), gap = 14;
    let x = event.clientX + gap, y = event.clientY + gap;
    if (x + box.width > innerWidth - 8) x = Math.max(8, event.clientX - gap - box.width);
    if (y + box.height > innerHeight - 8) y = Math.max(8, event.clientY - gap - box.height);
    tip.style.left = x + "px";
    tip.style.top = y + "px";
}
const hide_tip = () => { tip.hidden = true; };

// The same as one line below a canvas, for those who use no pointer.
function show_detail(target, title, lines) {
    const text = lines.filter(line => line[1] !== "").map(([what, value]) => `${what} ${value}`).join("  ·  ");
    target.replaceChildren(element("b", {}, title), text ? "  ·  " + text : "");
}

// ---- Controls. ----

// Buttons of which one is pressed. choices: [[id, label], …]
function choice(host, choices, chosen, act) {
    const press = id => {
        for (const button of host.children) button.setAttribute("aria-pressed", String(button.dataset.id === id));
    };
    for (const [id, label] of choices) {
        const button = element("button", {"data-id": id}, label);
        host.append(on_click(button, () => { press(id); act(id); }));
    }
    press(chosen);
    host.hidden = choices.length < 2;
    return press;
}

// Text with the parts that match marked. needle: lower case, may be empty.
function marked(text, needle) {
    const found = needle ? text.toLowerCase().indexOf(needle) : -1;
    if (found < 0) return [text];
    return [text.slice(0, found), element("mark", {}, text.slice(found, found + needle.length)), text.slice(found + needle.length)];
}

// A table in whose header one clicks to sort. columns: [{title, hint, class, value(row), cell(row)}, …]; the rows that
// are shown at once are limited, a button shows the others.
function sorted_table(table, more, columns, rows, options = {}) {
    let by = options.by ?? 0, descending = options.descending ?? true, limit = options.limit ?? 100;
    const body = element("tbody"), head = element("tr");
    const order = () => rows().slice().sort((a, b) => {
        const x = columns[by].value(a), y = columns[by].value(b);
        const ascending = typeof x === "string" ? x.localeCompare(y) : x - y;
        return descending ? -ascending : ascending;
    });
    const draw = () => {
        const all = options.presorted && by === null ? rows() : order();
        [...head.children].forEach((cell, i) => {
            if (i === by) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
            else cell.removeAttribute("aria-sort");
        });
        body.replaceChildren(...all.slice(0, limit).flatMap(row => options.row(row, columns.map(c => c.cell(row)))));
        more.hidden = all.length <= limit;
        more.textContent = `Show all ${grouped(all.length)}`;
    };
    columns.forEach((c, i) => {
        const button = on_click(element("button", {title: c.hint}, c.title), () => {
            descending = i === by ? !descending : typeof (rows()[0] && c.value(rows()[0])) !== "string";
            by = i;
            draw();
        });
        head.append(element("th", {class: c.class, scope: "col"}, button));
    });
    more.onclick = () => { limit = Infinity; draw(); };
    table.replaceChildren(element("thead", {}, head), body);
    draw();
    return draw;
}
const cell = (text, kind) => element("td", {class: kind}, text);
