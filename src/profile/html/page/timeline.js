// SPDX-License-Identifier: MIT
// The timeline: a band per thread, a lane per depth, arrows from the tasks that were waited for; memory below it.

// Events of all rows, in absolute time, and for each lane of each row which events it holds, by start.
function read_timeline(source) {
    const t = source.events, n = t.rows;
    const row = column(t, "row"), depth = column(t, "depth"), delta = column(t, "start"), length = column(t, "length");
    const start = new Float64Array(n), lanes = source.rows.map(() => []);
    for (let i = 0; i < n; ++i) {
        start[i] = delta[i] + (i > 0 && row[i - 1] === row[i] ? start[i - 1] : 0);
        const of_row = lanes[row[i]];
        while (of_row.length <= depth[i]) of_row.push([]);
        of_row[depth[i]].push(i);
    }
    const into = new Map(), out_of = new Map(), from = column(source.edges, "from"), to = column(source.edges, "to");
    const add = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
    for (let e = 0; e < source.edges.rows; ++e) {
        add(into, to[e], from[e]);
        add(out_of, from[e], to[e]);
    }
    return {n, row, depth, start, length, lanes, into, out_of, name: column(t, "name"), more: column(t, "events"), task: column(t, "task"),
            busy: column(t, "busy"), critical: column(t, "critical"), n_edges: source.edges.rows};
}

function make_timeline() {
    const source = data.timeline, memory = {n: data.memory.rows, at: column(data.memory, "at"), bytes: column(data.memory, "bytes")};
    const events = read_timeline(source), span = source.span || 1;
    if (events.n === 0 && memory.n === 0) return;
    by_id("timeline").hidden = false;
    const canvas = by_id("timeline-canvas"), track = by_id("memory-canvas");
    const lane = 17, gap = 7, axis = 26, most_lanes = 24, shortest_view = Math.max(span / 1e7, 20);
    let from = 0, to = span, hovered = -1, selected = -1, cursor = -1, show_critical = false, marked_range = null, drawn = 0;
    by_id("timeline-stage").hidden = events.n === 0;
    track.hidden = memory.n === 0;

    const tops = [];
    let height = axis + gap;
    for (const of_row of events.lanes) {
        tops.push(height);
        height += Math.min(Math.max(of_row.length, 1), most_lanes) * lane + gap;
    }
    const gutter = () => canvas.clientWidth < 560 && track.clientWidth < 560 ? 64 : 96;
    const name_of = i => names[events.name[i]] || "(no name)";
    const label = i => !events.more[i] ? name_of(i) : events.name[i] ? `${name_of(i)} ×${grouped(events.more[i] + 1)}` : plural(events.more[i] + 1, "call");
    const lines = i => {
        const before = events.into.get(i), after = events.out_of.get(i);
        const wait = before ? events.start[i] - events.start[latest_of(before)] - events.length[latest_of(before)] : 0;
        return [["Thread", printable(source.rows[events.row[i]])], ["Start", time_text(events.start[i])],
            ["Duration", events.more[i] ? "" : time_text(events.length[i])],
            ["Joined", events.more[i] ? `${plural(events.more[i] + 1, "call")} in ${time_text(events.length[i])}, ${time_text(events.busy[i])} inside them` : ""],
            ["Waited for", before ? plural(before.length, "task") + (before.length > 1 ? `, last for ${label(latest_of(before))}` : "") : ""],
            ["Started", before && wait >= 0 ? time_text(wait, 3) + " after that" : ""],
            ["Then ran", after ? plural(after.length, "task") + " that waited for it" : ""], ["Critical path", events.critical[i] ? "on it" : ""]];
    };
    const y_of = i => tops[events.row[i]] + events.depth[i] * lane;

    // Calls draw(i, x, width) for the events that can be seen; of those on one pixel the first.
    function each_visible(width, draw) {
        const scale = width / (to - from);
        let n = 0;
        events.lanes.forEach(of_row => of_row.slice(0, most_lanes).forEach(lane_events => {
            let low = 0, high = lane_events.length;
            while (low < high) {
                const middle = (low + high) >> 1, i = lane_events[middle];
                if (events.start[i] + events.length[i] < from) low = middle + 1; else high = middle;
            }
            let painted = -1;
            for (; low < lane_events.length && events.start[lane_events[low]] <= to; ++low) {
                const i = lane_events[low], x = (events.start[i] - from) * scale, w = events.length[i] * scale;
                if (x + w < painted && !events.critical[i]) continue;
                draw(i, x, Math.max(w, 1));
                painted = Math.floor(x + w) + (w < 1 ? 1 : 0);
                ++n;
            }
        }));
        return n;
    }
    function draw_axis(context, left, width, bottom) {
        const step = round_step(to - from, width / 110), units = Math.abs(to) || 1;
        context.font = `11px ${theme.sans}`;
        context.textBaseline = "middle";
        context.lineWidth = 1;
        const digits_needed = Math.max(1, Math.ceil(Math.log10(units / step)) + 1);
        for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
            const x = Math.round(left + (t - from) / (to - from) * width) + 0.5;
            context.strokeStyle = theme.grid;
            context.beginPath();
            context.moveTo(x, axis - 6);
            context.lineTo(x, bottom);
            context.stroke();
            context.fillStyle = theme.soft;
            context.fillText(Math.abs(t) < step / 2 ? "0" : time_text(t, Math.min(Math.max(digits_needed, 2), 10)), x + 4, 12);
        }
    }
    // How much an arrow weighs: one of many, one of a few, the one that was waited for longest.
    const faint = {color: "soft", width: 1, opacity: 0.45}, plain = {color: "text", width: 1.4, opacity: 1};
    const last = {color: "accent", width: 2.2, opacity: 1}, critical_arrow = {color: "bad", width: 2.2, opacity: 1};
    function draw_arrow(context, a, b, left, scale, weight) {
        const x0 = left + (events.start[a] + events.length[a] - from) * scale, x1 = left + (events.start[b] - from) * scale;
        const y0 = y_of(a) + lane / 2, y1 = y_of(b) + lane / 2;
        const bend = Math.max(18, Math.min(Math.abs(x1 - x0) / 2, 90));
        context.strokeStyle = context.fillStyle = theme[weight.color];
        context.lineWidth = weight.width;
        context.globalAlpha = weight.opacity;
        context.beginPath();
        context.moveTo(x0, y0);
        context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1 - 5, y1);
        context.stroke();
        context.beginPath();
        context.moveTo(x1, y1);
        context.lineTo(x1 - 7, y1 - 3.5);
        context.lineTo(x1 - 7, y1 + 3.5);
        context.fill();
        context.globalAlpha = 1;
    }
    function draw_arrows(context, left, width) {
        const scale = width / (to - from), at = selected >= 0 ? selected : hovered;
        context.save();
        context.beginPath();
        context.rect(left, axis, width, height);
        context.clip();
        if (show_critical)
            for (const [b, before] of events.into)
                for (const a of before) if (events.critical[a] && events.critical[b] && critical_before.get(b) === a) draw_arrow(context, a, b, left, scale, critical_arrow);
        for (const i of new Set([at, hovered])) {
            if (i < 0) continue;
            const before = events.into.get(i) || [], after = events.out_of.get(i) || [];
            for (const a of before) draw_arrow(context, a, i, left, scale, before.length > 4 ? faint : plain);
            for (const b of after) draw_arrow(context, i, b, left, scale, after.length > 4 ? faint : plain);
            if (before.length > 1) draw_arrow(context, latest_of(before), i, left, scale, last);
        }
        context.restore();
    }
    const latest_of = tasks => tasks.reduce((a, b) => events.start[b] + events.length[b] > events.start[a] + events.length[a] ? b : a);
    // Of a task on the critical path, the one before it there.
    const critical_before = new Map();
    const chain = [...Array(events.n).keys()].filter(i => events.critical[i]).sort((a, b) => events.start[a] - events.start[b]);
    chain.forEach((i, k) => { if (k > 0) critical_before.set(i, chain[k - 1]); });

    function draw_events() {
        const {context, width: all} = sized(canvas, height), left = gutter(), width = Math.max(all - left, 1);
        draw_axis(context, left, width, height);
        context.font = `11px ${theme.mono}`;
        context.save();
        context.beginPath();
        context.rect(left, 0, width, height);
        context.clip();
        const linked = new Set();
        if (selected >= 0) for (const map of [events.into, events.out_of]) for (const j of map.get(selected) || []) linked.add(j);
        drawn = each_visible(width, (i, x, w) => {
            const y = y_of(i), shown_left = Math.max(x, 0), shown_width = Math.min(x + w, width) - shown_left;
            const fades = show_critical ? !events.critical[i] : selected >= 0 && linked.size > 0 && i !== selected && !linked.has(i);
            context.fillStyle = fades ? theme.faded : events.more[i] && !events.name[i] ? theme.joined : color_of(name_of(i));
            const box = Math.max(shown_width - (shown_width > 3 ? 0.8 : 0), 0.8);
            context.fillRect(left + shown_left, y, box, lane - 1);
            if (events.critical[i] && w > 2) {
                context.fillStyle = theme.bad;
                context.fillRect(left + shown_left, y + lane - 3, box, 2);
            }
            if (shown_width > 26) {
                context.fillStyle = fades ? theme.soft : theme.on_color;
                boxed_text(context, label(i), left + shown_left + 4, y + lane / 2, shown_width - 7);
            }
            if (i === hovered || i === selected) {
                context.strokeStyle = i === selected ? theme.accent : theme.text;
                context.lineWidth = i === selected ? 2 : 1;
                context.strokeRect(left + shown_left + 0.5, y + 0.5, Math.max(box - 1, 1), lane - 2);
            }
        });
        context.restore();
        draw_arrows(context, left, width);
        context.font = `600 12px ${theme.sans}`;
        source.rows.forEach((name, r) => {
            context.fillStyle = theme.line;
            if (r > 0) context.fillRect(0, tops[r] - gap / 2 - 0.5, all, 1);
            context.fillStyle = theme.text;
            let text = printable(name) || "(no name)";
            while (text.length > 3 && context.measureText(text).width > left - 16) text = text.slice(0, -2) + "…";
            context.fillText(text, 10, tops[r] + lane / 2);
        });
        draw_cursor(context, left, width, height);
        if (marked_range) {
            const x = t => left + (t - from) / (to - from) * width;
            context.fillStyle = theme.accent;
            context.globalAlpha = 0.18;
            context.fillRect(x(Math.min(...marked_range)), 0, Math.abs(x(marked_range[1]) - x(marked_range[0])), height);
            context.globalAlpha = 1;
        }
    }
    function draw_cursor(context, left, width, bottom) {
        if (cursor < from || cursor > to) return;
        context.fillStyle = theme.soft;
        context.fillRect(Math.round(left + (cursor - from) / (to - from) * width), 0, 1, bottom);
    }
    let most_bytes = 0, peak_at = 0;
    for (let i = 0; i < memory.n; ++i) if (memory.bytes[i] > most_bytes) [most_bytes, peak_at] = [memory.bytes[i], memory.at[i]];
    function point_before(t) {
        let low = 0, high = memory.n;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (memory.at[middle] <= t) low = middle + 1; else high = middle;
        }
        return low - 1;
    }
    function draw_memory() {
        if (memory.n === 0) return;
        const tall = 118, {context, width: all} = sized(track, tall), left = gutter(), width = Math.max(all - left, 1), top = 24, bottom = tall - 8;
        const y = bytes => bottom - bytes / (most_bytes || 1) * (bottom - top), x = t => left + (t - from) / (to - from) * width;
        const unit = 1024 ** Math.floor(Math.log(Math.max(most_bytes, 1)) / Math.log(1024)), step = round_step(most_bytes / unit || 1, 3) * unit;
        context.font = `11px ${theme.sans}`;
        context.textBaseline = "middle";
        for (let b = 0; b <= most_bytes * 1.001; b += step) {
            context.fillStyle = theme.grid;
            context.fillRect(left, Math.round(y(b)), width, 1);
            context.fillStyle = theme.soft;
            context.textAlign = "right";
            if (y(b) > 6) context.fillText(bytes_text(b), left - 6, Math.min(y(b), bottom - 4));
        }
        context.textAlign = "left";
        context.save();
        context.beginPath();
        context.rect(left, 0, width, tall);
        context.clip();
        const first = Math.max(point_before(from), 0), level = new Path2D();
        level.moveTo(x(memory.at[first]), y(memory.bytes[first]));
        let i = first + 1;
        for (; i < memory.n && memory.at[i - 1] <= to; ++i) {
            level.lineTo(x(memory.at[i]), y(memory.bytes[i - 1]));  // the level holds until the next point
            level.lineTo(x(memory.at[i]), y(memory.bytes[i]));
        }
        const last_x = i === memory.n ? x(Math.max(memory.at[i - 1], Math.min(span, to))) : x(memory.at[i - 1]);
        level.lineTo(last_x, y(memory.bytes[i - 1]));
        const area = new Path2D(level);
        area.lineTo(last_x, bottom);
        area.lineTo(x(memory.at[first]), bottom);
        context.globalAlpha = 0.55;
        context.fillStyle = theme.bar;
        context.fill(area);
        context.globalAlpha = 1;
        context.strokeStyle = theme.accent;
        context.lineWidth = 1.25;
        context.stroke(level);
        if (peak_at >= from && peak_at <= to) {
            const text = `peak ${bytes_text(most_bytes)}`, at = x(peak_at), wide = context.measureText(text).width;
            context.fillStyle = theme.text;
            context.beginPath();
            context.arc(at, y(most_bytes), 3, 0, 7);
            context.fill();
            context.fillText(text, Math.min(Math.max(at - wide / 2, left + 4), all - wide - 6), top - 12);
        }
        draw_cursor(context, left, width, tall);
        context.restore();
    }
    function draw() {
        if (events.n) draw_events();
        draw_memory();
    }
    let waiting = 0;
    const draw_soon = () => { waiting = waiting || requestAnimationFrame(() => { waiting = 0; draw(); }); };

    function view_range(new_from, new_to, soon = false) {
        let length = Math.min(Math.max(new_to - new_from, shortest_view), span);
        from = Math.min(Math.max((new_from + new_to - length) / 2, 0), span - length);
        to = from + length;
        by_id("timeline-range").textContent = length < span ? `${time_text(length, 3)} of ${time_text(span, 3)}` : "";
        by_id("timeline-out").disabled = by_id("timeline-fit").disabled = length >= span;
        by_id("timeline-left").disabled = from <= 0;
        by_id("timeline-right").disabled = to >= span;
        by_id("timeline-in").disabled = length <= shortest_view;
        soon ? draw_soon() : draw();
    }
    const zoom = (factor, at = (from + to) / 2, soon = false) => view_range(at - (at - from) / factor, at + (to - at) / factor, soon);
    const move = share => view_range(from + share * (to - from), to + share * (to - from));
    const fit = () => view_range(0, span);
    on_click(by_id("timeline-in"), () => zoom(2));
    on_click(by_id("timeline-out"), () => zoom(0.5));
    on_click(by_id("timeline-left"), () => move(-0.4));
    on_click(by_id("timeline-right"), () => move(0.4));
    on_click(by_id("timeline-fit"), fit);

    function select(i) {
        selected = i;
        i < 0 ? by_id("timeline-detail").replaceChildren() : show_detail(by_id("timeline-detail"), label(i), lines(i));
        draw();
    }
    function set_critical(on) {
        show_critical = on;
        by_id("timeline-critical").setAttribute("aria-pressed", String(on));
        draw();
    }
    by_id("timeline-critical").hidden = chain.length === 0;
    on_click(by_id("timeline-critical"), () => set_critical(!show_critical));

    const time_at = (target, event) => {
        const box = target.getBoundingClientRect(), left = gutter();
        return from + (event.clientX - box.left - left) / Math.max(box.width - left, 1) * (to - from);
    };
    function event_at(event) {
        const box = canvas.getBoundingClientRect(), left = gutter(), x = event.clientX - box.left - left, y = event.clientY - box.top;
        if (x < 0) return -1;
        let hit = -1, distance = 3;
        each_visible(Math.max(box.width - left, 1), (i, start, w) => {
            const top = y_of(i), off = x < start ? start - x : x > start + w ? x - start - w : 0;
            if (y >= top && y < top + lane && off < distance) [hit, distance] = [i, off];
        });
        return hit;
    }
    let drag = null;
    canvas.addEventListener("pointerdown", event => {
        if (event.button !== 0) return;
        const marks = event.shiftKey || event.clientY - canvas.getBoundingClientRect().top < axis;
        drag = {x: event.clientX, from, to, marks, at: time_at(canvas, event), moved: false};
        canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", event => {
        if (drag) {
            drag.moved = drag.moved || Math.abs(event.clientX - drag.x) > 3;
            if (!drag.moved) return;
            hide_tip();
            canvas.classList.add("drag");
            if (drag.marks) {
                marked_range = [drag.at, time_at(canvas, event)];
                draw_soon();
            } else {
                const shift = (drag.x - event.clientX) / Math.max(canvas.clientWidth - gutter(), 1) * (drag.to - drag.from);
                view_range(drag.from + shift, drag.to + shift, true);
            }
            return;
        }
        const i = event_at(event);
        cursor = time_at(canvas, event);
        hovered = i;
        i < 0 ? hide_tip() : show_tip(event, label(i), lines(i));
        draw_soon();
    });
    const end_drag = event => {
        if (!drag) return;
        const {moved, marks} = drag;
        drag = null;
        canvas.classList.remove("drag");
        if (moved && marks && marked_range) {
            const [a, b] = marked_range;
            marked_range = null;
            view_range(Math.min(a, b), Math.max(a, b));
        } else if (!moved && event.type === "pointerup") select(event_at(event));
    };
    canvas.addEventListener("pointerup", end_drag);
    canvas.addEventListener("pointercancel", event => { marked_range = null; end_drag(event); });
    canvas.addEventListener("dblclick", event => {
        const i = event_at(event);
        if (i >= 0) view_range(events.start[i] - 0.05 * events.length[i], events.start[i] + 1.05 * events.length[i]);
    });
    const leave = () => { hovered = cursor = -1; hide_tip(); draw_soon(); };
    canvas.addEventListener("pointerleave", leave);
    // A wheel that turns over the page scrolls it; over the timeline it zooms once that was clicked, or with Ctrl.
    const wheel = target => event => {
        const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
        if (!sideways && !event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
        event.preventDefault();
        const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
        if (sideways) {
            const shift = event.deltaX * unit / Math.max(target.clientWidth - gutter(), 1) * (to - from);
            view_range(from + shift, to + shift, true);
        } else zoom(Math.exp(-Math.max(-300, Math.min(event.deltaY * unit, 300)) / 300), Math.min(Math.max(time_at(target, event), from), to), true);
    };
    for (const target of [canvas, track]) target.addEventListener("wheel", wheel(target), {passive: false});
    track.addEventListener("pointermove", event => {
        cursor = time_at(track, event);
        const i = point_before(cursor);
        i < 0 || cursor < from ? hide_tip() : show_tip(event, bytes_text(memory.bytes[i]), [["Heap in use at", time_text(cursor)]]);
        draw_soon();
    });
    track.addEventListener("pointerleave", leave);
    const tasks = [...Array(events.n).keys()].filter(i => events.into.has(i) || events.out_of.has(i)).sort((a, b) => events.start[a] - events.start[b]);
    canvas.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const step = by => {
            const at = tasks.indexOf(selected), next = tasks[at < 0 ? (by > 0 ? 0 : tasks.length - 1) : Math.min(Math.max(at + by, 0), tasks.length - 1)];
            if (next === undefined) return;
            if (events.start[next] < from || events.start[next] > to) view_range(events.start[next] - (to - from) / 2, events.start[next] + (to - from) / 2);
            select(next);
        };
        const act = {"+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": fit, ArrowLeft: () => move(-0.15), ArrowRight: () => move(0.15),
                     "]": () => step(1), "[": () => step(-1), Escape: () => select(-1)}[event.key];
        if (!act) return;
        event.preventDefault();
        act();
    });

    const hints = ["Drag to move, drag on the axis to zoom there, wheel with Ctrl (or after a click) to zoom."];
    if (events.n_edges) hints.push("Point at a task to see what it waited for.");
    if (source.critical_tasks) hints.push(`Critical path: ${plural(source.critical_tasks, "task")}, ${time_text(source.critical)}; no number of threads makes it shorter.`);
    if (source.joined) hints.push(`${count_text(source.joined)} of ${count_text(source.n_events)} calls are shorter than ${time_text(source.shortest, 2)} and joined with their neighbours.`);
    if (source.left_out) hints.push(`${plural(source.left_out, "call")} nested deepest are left out.`);
    if (source.dropped) hints.push(`${plural(source.dropped, "event was", "events were")} not kept by the program.`);
    if (source.n_edges > events.n_edges) hints.push(`${count_text(source.n_edges - events.n_edges)} of ${plural(source.n_edges, "edge")} join tasks too short to show.`);
    by_id("timeline-hint").textContent = events.n ? hints.join(" ") : "Heap in use over time.";
    fit();
    redraw_on_change(draw);
    report.timeline = {
        view: view_range, zoom, fit, select, critical: set_critical,
        // The first event of that name; -1 without one.
        find: name => [...Array(events.n).keys()].find(i => name_of(i) === name) ?? -1,
        state: () => ({from, to, span, drawn, events: events.n, edges: events.n_edges, selected: selected < 0 ? null : label(selected),
                       critical: chain.map(label), show_critical, memory_points: memory.n,
                       links: selected < 0 ? 0 : (events.into.get(selected) || []).length + (events.out_of.get(selected) || []).length}),
    };
}
