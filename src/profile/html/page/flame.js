// SPDX-License-Identifier: MIT
// The flame graph: what is inside stands below, the width is the share. Only what is wide enough to see is drawn.

// A layout of a tree: value[i] = own[i] + those of the children, start[i] where it begins, row 0 is the whole.
function flame_layout(tree, own, floor) {
    const n = tree.n + 1;
    const flame = {n, value: new Float64Array(n), start: new Float64Array(n), depth: new Int32Array(n),
                   parent: new Int32Array(n).fill(-1), end: new Int32Array(n), rows: 1, tree};
    flame.end[0] = n;
    for (let i = tree.n - 1; i >= 0; --i) {
        // Bytes are known of a scope as a whole: it is as wide as that, or as its children where tasks took more.
        flame.value[i + 1] = Math.max(flame.value[i + 1] + (own ? Math.max(own(i), 0) : 0), floor ? floor(i) : 0);
        flame.value[tree.parent[i] + 1] += flame.value[i + 1];
    }
    const next = new Float64Array(n);
    for (let i = 1; i < n; ++i) {
        const parent = tree.parent[i - 1] + 1;
        flame.parent[i] = parent;
        flame.end[i] = tree.end[i - 1] + 1;
        flame.depth[i] = tree.depth[i - 1] + 1;
        flame.start[i] = next[parent];
        next[parent] += flame.value[i];
        next[i] = flame.start[i];
        flame.rows = Math.max(flame.rows, flame.depth[i] + 1);
    }
    return flame;
}

// Stacks, outermost first, joined to a tree: rows in the order of the tree.
function tree_of_stacks(sites) {
    const root = {children: new Map()};
    for (const site of sites) {
        let at = root;
        const frames = site.stack, name = column(frames, "name"), file = column(frames, "file"), line = column(frames, "line");
        for (let f = frames.rows - 1; f >= 0; --f) {
            const key = name[f] + ":" + file[f] + ":" + line[f];
            if (!at.children.has(key)) at.children.set(key, {name: name[f], file: file[f], line: line[f], bytes: 0, own: 0, count: 0, children: new Map()});
            at = at.children.get(key);
            at.bytes += site.bytes;
            at.count += site.allocations;
        }
        if (at !== root) at.own += site.bytes;
    }
    const table = {depth: [], name: [], file: [], line: [], self: [], total: [], calls: []};
    const add = (node, depth) => {
        for (const child of [...node.children.values()].sort((a, b) => b.bytes - a.bytes)) {
            for (const key of ["name", "file", "line"]) table[key].push(child[key]);
            table.depth.push(depth);
            table.self.push(child.own);
            table.total.push(child.bytes);
            table.calls.push(child.count);
            add(child, depth + 1);
        }
    };
    add(root, 0);
    table.rows = table.depth.length;
    return tree_of(table);
}

function flame_views(trees) {
    const views = [];
    const scope_lines = (tree, i) => [["Total", time_text(tree.total[i])], ["Self", time_text(tree.self[i])],
        ["Calls", grouped(tree.calls[i])], ["Mean", tree.joined[i] || !tree.calls[i] ? "" : time_text(tree.total[i] / tree.calls[i])],
        ["p99", tree.p99[i] ? time_text(tree.p99[i], 3) : ""], ["Allocated", tree.bytes[i] ? bytes_text(tree.bytes[i]) : ""], ["Source", tree.place(i)]];
    if (trees.logical.n) {
        views.push({id: "scopes", label: "Scopes: time, logical", tree: trees.logical, own: i => trees.logical.self[i], text: time_text, lines: i => scope_lines(trees.logical, i)});
        if (trees.threads.n) views.push({id: "threads", label: "Scopes: time, per thread", tree: trees.threads, own: i => trees.threads.self[i], text: time_text, lines: i => scope_lines(trees.threads, i)});
        if (trees.logical.bytes.some(b => b > 0))
            views.push({id: "bytes", label: "Scopes: bytes allocated", tree: trees.logical, floor: i => trees.logical.bytes[i], text: bytes_text,
                        lines: i => [["Bytes", bytes_text(trees.logical.bytes[i])], ["Allocations", grouped(trees.logical.allocations[i])], ["Peak", bytes_text(trees.logical.peak[i])], ["Source", trees.logical.place(i)]]});
    }
    if (data.sites.some(site => site.stack.rows)) {
        const tree = tree_of_stacks(data.sites);
        views.push({id: "sites", label: "Allocation sites: bytes", tree, own: i => tree.self[i], text: bytes_text,
                    lines: i => [["Bytes, estimated", bytes_text(tree.total[i])], ["Allocations, estimated", grouped(tree.calls[i])], ["Source", tree.place(i)]]});
    }
    data.samples.forEach((profile, p) => {
        const tree = tree_of(profile.tree);
        if (tree.n === 0) return;
        views.push({id: "samples-" + p, label: "Functions: " + (printable(profile.name) || "sampled"), tree, own: i => tree.self[i], text: n => plural(n, "sample"),
                    lines: i => [["Total", plural(tree.total[i], "sample")], ["Self", plural(tree.self[i], "sample")], ["Source", tree.place(i)]]});
    });
    return views;
}

function make_flame(trees) {
    const views = flame_views(trees);
    if (views.length === 0) return;
    by_id("flame").hidden = false;
    const canvas = by_id("flame-canvas"), stage = by_id("flame-stage"), row_height = 21;
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let view, flame, zoom = 0, from = 0, to = 1, selected = -1, hovered = -1, matches = null, found = null, drawn = 0, moving = 0, needle = "";

    const label = i => i === 0 ? "all" : view.tree.label(i - 1);
    const lines = i => {
        const share = flame.value[0] ? flame.value[i] / flame.value[0] : 0, parent = flame.parent[i];
        const head = [["Share", percent_text(share) + (parent > 0 && flame.value[parent] ? `, ${percent_text(flame.value[i] / flame.value[parent])} of ${label(parent)}` : "")]];
        return i === 0 ? [["Sum", view.text(flame.value[0])]] : head.concat(view.lines(i - 1));
    };
    const is_above = (a, b) => a <= b && b < flame.end[a];

    // Calls draw(i, x, width) for what can be seen, outer first; returns how many there were.
    function each_visible(width, draw) {
        const scale = width / (to - from);
        let n = 0;
        for (let i = 0; i < flame.n;) {
            const x = (flame.start[i] - from) * scale, w = flame.value[i] * scale;
            if (w < 0.35 || x >= width || x + w <= 0) { i = flame.end[i]; continue; }
            draw(i, x, w);
            ++n;
            ++i;
        }
        return n;
    }
    function shown_rows() {
        let deepest = 0;
        each_visible(Math.max(canvas.clientWidth, 1), i => { deepest = Math.max(deepest, flame.depth[i]); });
        return deepest + 1;
    }
    function draw() {
        const {context, width} = sized(canvas, shown_rows() * row_height + 1);
        context.font = `11.5px ${theme.mono}`;
        context.textBaseline = "middle";
        drawn = each_visible(width, (i, x, w) => {
            const left = Math.max(x, 0), right = Math.min(x + w, width), y = flame.depth[i] * row_height;
            const above_zoom = zoom !== 0 && i !== zoom && is_above(i, zoom), joined = i > 0 && view.tree.joined[i - 1];
            const hit = matches && matches[i];
            context.fillStyle = hit ? theme.found : matches || above_zoom ? theme.faded : i === 0 || joined ? theme.joined : color_of(label(i));
            const box_width = Math.max(right - left - (right - left > 3 ? 1 : 0.2), 0.3);
            context.fillRect(left, y, box_width, row_height - 1);
            if (right - left > 24) {
                context.fillStyle = hit ? (dark.matches ? "#1d0613" : "#ffffff") : matches || above_zoom ? theme.soft : theme.on_color;
                boxed_text(context, label(i), left + 5, y + row_height / 2, right - left - 9);
            }
            const chosen = i === selected && (i !== zoom || document.activeElement === canvas);
            if (chosen || i === hovered) {
                context.strokeStyle = chosen ? theme.accent : theme.text;
                context.lineWidth = chosen ? 2 : 1;
                context.strokeRect(left + 1, y + 1, Math.max(box_width - 2, 1), row_height - 3);
            }
        });
    }
    function move_to(new_from, new_to) {
        cancelAnimationFrame(moving);
        if (still.matches || document.hidden) { [from, to] = [new_from, new_to]; draw(); return; }
        const old_from = from, old_to = to, began = performance.now(), length = 160;
        const step = now => {
            const t = Math.min(Math.max((now - began) / length, 0), 1), eased = 1 - (1 - t) ** 3;
            from = old_from + (new_from - old_from) * eased;
            to = old_to + (new_to - old_to) * eased;
            if (t === 1) [from, to] = [new_from, new_to];
            draw();
            if (t < 1) moving = requestAnimationFrame(step);
        };
        moving = requestAnimationFrame(step);
    }
    function zoom_to(i, at_once = false) {
        if (!(flame.value[i] > 0)) i = 0;
        zoom = i;
        select(i);
        draw_crumbs();
        by_id("flame-reset").disabled = zoom === 0;
        if (at_once) { cancelAnimationFrame(moving); from = flame.start[i]; to = from + (flame.value[i] || 1); draw(); }
        else move_to(flame.start[i], flame.start[i] + flame.value[i]);
    }
    function draw_crumbs() {
        const path = [];
        for (let i = zoom; i >= 0; i = flame.parent[i]) path.unshift(i);
        by_id("flame-crumbs").replaceChildren(...path.flatMap((i, k) => {
            const button = on_click(element("button", {title: label(i)}, label(i)), () => zoom_to(i));
            return k === 0 ? [button] : [element("span", {"aria-hidden": "true"}, "›"), button];
        }));
    }
    function select(i) {
        selected = i;
        show_detail(by_id("flame-detail"), label(i), lines(i));
    }
    function search(text) {
        needle = text.trim().toLowerCase();
        const status = by_id("flame-found");
        matches = found = null;
        status.textContent = "";
        status.classList.remove("hit");
        if (needle) {
            matches = new Uint8Array(flame.n);
            found = {count: 0, share: 0};
            let covered = 0;  // a match inside a match adds nothing to the share
            for (let i = 1; i < flame.n; ++i) {
                if (view.tree.joined[i - 1] || !label(i).toLowerCase().includes(needle)) continue;
                matches[i] = 1;
                ++found.count;
                if (i >= covered) { found.share += flame.value[i]; covered = flame.end[i]; }
            }
            found.share = flame.value[0] ? found.share / flame.value[0] : 0;
            status.textContent = found.count ? `${plural(found.count, "frame")}, ${percent_text(found.share)}` : "not found";
            status.classList.toggle("hit", found.count > 0);
        }
        draw();
    }
    function show(id) {
        view = views.find(v => v.id === id) || views[0];
        by_id("flame-view").value = view.id;
        flame = view.layout || (view.layout = flame_layout(view.tree, view.own, view.floor));
        hovered = -1;
        zoom_to(0, true);
        if (needle) search(needle);
    }
    function frame_at(event) {
        const box = canvas.getBoundingClientRect();
        const row = Math.floor((event.clientY - box.top) / row_height), x = event.clientX - box.left;
        let hit = -1;
        each_visible(box.width, (i, left, w) => {
            if (flame.depth[i] === row && x >= left && x < Math.max(left + w, left + 1)) hit = i;
        });
        return hit;
    }
    canvas.addEventListener("mousemove", event => {
        const i = frame_at(event);
        if (i !== hovered) { hovered = i; draw(); }
        i < 0 ? hide_tip() : show_tip(event, label(i), lines(i));
    });
    for (const type of ["focus", "blur"]) canvas.addEventListener(type, () => draw());
    canvas.addEventListener("mouseleave", () => { hovered = -1; hide_tip(); draw(); });
    canvas.addEventListener("click", event => {
        const i = frame_at(event);
        if (i >= 0) zoom_to(i);
    });
    const children_of = i => {
        const children = [];
        for (let c = i + 1; c < flame.end[i]; c = flame.end[c]) if (flame.value[c] > 0) children.push(c);
        return children;
    };
    canvas.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const at = selected < 0 ? zoom : selected, siblings = at > 0 ? children_of(flame.parent[at]) : [0];
        const beside = step => siblings[siblings.indexOf(at) + step] ?? at;
        const next = {ArrowDown: () => children_of(at)[0] ?? at, ArrowUp: () => Math.max(flame.parent[at], 0),
                      ArrowLeft: () => beside(-1), ArrowRight: () => beside(1)}[event.key];
        if (next) {
            select(next());
            if (!is_above(zoom, selected) && !is_above(selected, zoom)) zoom_to(selected);
            const y = flame.depth[selected] * row_height;
            if (y < stage.scrollTop || y + row_height > stage.scrollTop + stage.clientHeight) stage.scrollTop = y - stage.clientHeight / 2;
            draw();
        } else if (event.key === "Enter") zoom_to(at);
        else if (event.key === "Escape") zoom_to(Math.max(flame.parent[zoom], 0));
        else return;
        event.preventDefault();
    });
    for (const v of views) by_id("flame-view").append(element("option", {value: v.id}, v.label));
    by_id("flame-view").addEventListener("change", event => show(event.target.value));
    by_id("flame-search").addEventListener("input", event => search(event.target.value));
    on_click(by_id("flame-reset"), () => zoom_to(0));
    show(views[0].id);
    redraw_on_change(draw);
    report.flame = {
        show, search, zoom_to,
        state: () => ({view: view.id, views: views.map(v => v.id), frames: flame.n - 1, drawn, zoom: zoom === 0 ? [] : view.tree.path(zoom - 1), found,
                       range: [from, to], total: flame.value[0], selected: selected < 0 ? null : label(selected)}),
        // Where a frame of that name stands on the canvas, in CSS pixels; null where it cannot be seen.
        box_of: name => {
            let box = null;
            each_visible(canvas.clientWidth, (i, x, w) => {
                if (!box && label(i) === name) box = {x, y: flame.depth[i] * row_height, width: w, height: row_height};
            });
            return box;
        },
    };
}
