/** The one stylesheet of the built-in pages. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fbfbfa;--card:#fff;--ink:#1b1d21;--dim:#5b626d;--line:#e3e5e8;--accent:#1f5fd0;--good:#12734a;--code:#f3f4f6}
@media (prefers-color-scheme:dark){:root{--ground:#14161a;--card:#1b1e24;--ink:#e8eaed;--dim:#a2a9b4;--line:#2c3038;--accent:#8ab4ff;--good:#5fd3a0;--code:#23272f}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main{max-width:60rem;margin:0 auto;padding:1.25rem}
header{display:flex;align-items:center;justify-content:space-between}
a{color:var(--accent);text-underline-offset:.2em}
a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}
.brand{display:flex;gap:.6rem;align-items:center;font-weight:650;text-decoration:none;color:var(--ink)}
.logo{width:1.9rem;height:1.9rem}.logo rect{fill:var(--accent)}.logo path{stroke:var(--card);stroke-width:2.6;stroke-linejoin:round;stroke-linecap:round}
nav a{margin-left:1.25rem}
h1{font-size:1.9rem;line-height:1.2;margin:1.5rem 0 .5rem;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .35rem}
p{margin:.5rem 0;max-width:44rem}
.dim{color:var(--dim)}
.good{color:var(--good);font-weight:600}
.cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));margin:1.5rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.15rem}
.card h3{margin-top:0}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.85rem 1rem;overflow-x:auto;font-size:.875rem;line-height:1.5}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:.6rem 0}
summary{cursor:pointer;padding:.7rem 1rem;display:flex;gap:.75rem;align-items:baseline;flex-wrap:wrap}
.in{padding:0 1rem 1rem;border-top:1px solid var(--line)}
.verb{font:600 .75rem/1 ui-monospace,Menlo,Consolas,monospace;padding:.3rem .5rem;border-radius:5px;background:var(--code);color:var(--accent);min-width:3.4rem;text-align:center}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:550}
`;
