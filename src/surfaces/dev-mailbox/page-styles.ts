export const MAILBOX_STYLES = `:root {
  --bg-0: #0B0F12; --bg-1: #11171B; --bg-2: #182026; --line: #26323A; --line-strong: #6A7B86;
  --text-1: #E8EBE6; --text-2: #B1BBC0; --text-3: #8A969D;
  --you: #F2B44B; --you-ink: #1A1204; --you-fill: #32322A; --focus-ring: #F2B44B; --ok: #9BDD8B; --err: #FF5F57;
  --font-mono: "IBM Plex Mono", ui-monospace, "SFMono-Regular", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: light) {
  :root {
    --bg-0: #F6F4EE; --bg-1: #FDFCF8; --bg-2: #F0EDE4; --line: #D8D3C5; --line-strong: #7A7566;
    --text-1: #1B2125; --text-2: #414B51; --text-3: #5D666B;
    --you: #8A5200; --you-fill: #F2B44B; --focus-ring: #8A5200; --ok: #1A6B32; --err: #A51B1B;
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--bg-0); color: var(--text-1); font: 13px/20px var(--font-mono); }
header {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-height: 36px; padding: 4px 16px;
  background: var(--bg-1); border-bottom: 1px solid var(--line);
}
h1 { font-size: 13px; font-weight: 600; }
.tag { padding: 0 4px; border: 1px solid var(--line-strong); color: var(--text-3); font-size: 11px; line-height: 16px; }
#status { color: var(--text-3); }
#status[data-state="lost"] { color: var(--err); }
header a { margin-left: auto; }
a { color: var(--text-2); }
main { max-width: 720px; margin: 0 auto; padding: 24px 16px; }
ol { padding: 0; list-style: none; border-top: 1px solid var(--line); }
ol:empty { border: 0; }
li { padding: 12px 16px; border: 1px solid var(--line); border-top: 0; background: var(--bg-1); }
li:first-child { padding-left: 15px; border-left: 2px solid var(--you); }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; }
.to { overflow-wrap: anywhere; }
time { color: var(--text-3); font-variant-numeric: tabular-nums slashed-zero; }
.subject { color: var(--text-2); }
.code { display: flex; align-items: center; gap: 16px; margin-top: 8px; }
.code[hidden] { display: none; }
output { font-size: 24px; line-height: 32px; font-weight: 600; letter-spacing: .12em; font-variant-numeric: tabular-nums slashed-zero; }
button {
  height: 28px; padding: 0 12px; border: 1px solid var(--line-strong); border-radius: 2px; background: var(--bg-2);
  color: var(--text-1); font: inherit; cursor: pointer;
}
li:first-child button { border-color: var(--you); background: var(--you); color: var(--you-ink); }
button:focus-visible, a:focus-visible { outline: 2px solid var(--focus-ring); outline-offset: 2px; }
.link { display: inline-block; margin-top: 8px; overflow-wrap: anywhere; }
.link[hidden] { display: none; }
#empty { color: var(--text-3); }
@media (prefers-color-scheme: light) {
  li:first-child button { border-color: var(--you); background: var(--you-fill); }
}
@media (pointer: coarse) { button { height: 44px; } }
`;
