// SPDX-License-Identifier: MIT
// Trees as the data has them, rows in the order of the tree with a depth each, and what is made of them.

// {n, parent, end, depth, label(i), key(i), joined, …columns}: end[i] is the row after all that is below row i.
function tree_of(table) {
    const n = table.rows, depth = column(table, "depth");
    const parent = new Int32Array(n), end = new Int32Array(n), around = [];
    for (let i = 0; i < n; ++i) {
        while (around.length > depth[i]) end[around.pop()] = i;
        parent[i] = around.length ? around[around.length - 1] : -1;
        around.push(i);
    }
    while (around.length) end[around.pop()] = n;
    const name = column(table, "name"), joined = column(table, "joined");
    const tree = {n, depth, parent, end, name, joined};
    for (const key of ["task", "mode", "demoted", "calls", "untimed", "total", "self", "min", "max", "p50", "p90", "p99",
                       "allocations", "bytes", "peak", "moved", "flops", "file", "line"]) tree[key] = column(table, key);
    tree.is_leaf = i => end[i] === i + 1;
    tree.label = i => joined[i] ? `… ${grouped(joined[i])} more` : names[name[i]] || "(no name)";
    tree.place = i => place_text(names[tree.file[i]], tree.line[i]);
    tree.path = i => {
        const parts = [];
        for (; i >= 0; i = parent[i]) parts.unshift(tree.label(i));
        return parts;
    };
    // The row at "run/solve/factorise", -1 where there is none; names may hold a '/'.
    tree.find = path => {
        const text = printable(path);
        for (let i = 0; i < n; ++i) if (text.endsWith(tree.label(i)) && tree.path(i).join("/") === text) return i;
        return -1;
    };
    return tree;
}

// One row a name wherever it stands; of calls inside calls of the same name the outermost counts.
function by_name(tree) {
    const rows = new Map(), made = [];
    const inside = new Map();
    const around = [];
    for (let i = 0; i < tree.n; ++i) {
        while (around.length && tree.end[around[around.length - 1]] <= i) {
            const name = tree.name[around.pop()];
            inside.set(name, inside.get(name) - 1);
        }
        if (tree.joined[i]) continue;
        const name = tree.name[i];
        let row = rows.get(name);
        if (!row) {
            rows.set(name, row = {first: i, calls: 0, untimed: 0, total: 0, self: 0, min: Infinity, max: 0, allocations: 0, bytes: 0, peak: 0, moved: 0, flops: 0});
            made.push(row);
        }
        row.calls += tree.calls[i];
        row.untimed += tree.untimed[i];
        row.self += tree.self[i];
        if (!inside.get(name))
            for (const key of ["total", "allocations", "bytes", "moved", "flops"]) row[key] += tree[key][i];
        if (tree.min[i]) row.min = Math.min(row.min, tree.min[i]);
        for (const key of ["max", "peak"]) row[key] = Math.max(row[key], tree[key][i]);
        inside.set(name, (inside.get(name) || 0) + 1);
        around.push(i);
    }
    const table = {rows: made.length, depth: new Float64Array(made.length), name: made.map(r => tree.name[r.first])};
    for (const key of ["task", "mode", "demoted", "file", "line"]) table[key] = made.map(r => tree[key][r.first]);
    for (const key of ["calls", "untimed", "total", "self", "max", "allocations", "bytes", "peak", "moved", "flops"]) table[key] = made.map(r => r[key]);
    table.min = made.map(r => r.min === Infinity ? 0 : r.min);
    return tree_of(table);
}
