// SPDX-License-Identifier: MIT
// Puts the page together. What the data has none of stays hidden.

by_id("title").textContent = document.title = printable(data.title) || "poise profile";
by_id("title").title = by_id("title").textContent;
const trees = {logical: tree_of(data.scopes), threads: tree_of(data.threads)};
draw_summary(trees.logical);
if (trees.logical.n) make_scopes_table(trees);
make_flame(trees);
make_timeline();
draw_sites(trees.logical);
draw_functions();
draw_comparisons();
draw_metrics();

const sections = [...document.querySelectorAll("main > section")].filter(section => !section.hidden);
const links = new Map(sections.map(section => [section, element("a", {href: "#" + section.id}, section.dataset.title)]));
if (sections.length > 1) by_id("nav").append(...links.values());
function mark_section() {
    const at_end = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const passed = sections.filter(section => section.getBoundingClientRect().top < 120);
    const current = at_end ? sections[sections.length - 1] : passed[passed.length - 1] || sections[0];
    for (const [section, link] of links) section === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
}
addEventListener("scroll", mark_section, {passive: true});
addEventListener("scroll", hide_tip, {passive: true, capture: true});
mark_section();
