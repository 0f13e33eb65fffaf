export const STYLES = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 16rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box; border-right: 1px solid #8884; }
nav h2 { font-size: 1rem; margin: 1rem 0 0.25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 0.1rem 0; }
main { padding: 1rem 2rem 4rem; max-width: 60rem; box-sizing: border-box; min-width: 0; }
section { border-top: 1px solid #8884; margin-top: 1.5rem; scroll-margin-top: 1rem; }
a { color: light-dark(#0550ae, #79c0ff); }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 28rem; padding: 0.75rem; border: 1px solid #8884; border-radius: 4px; overflow-wrap: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid #8884; }
.dim { color: light-dark(#57606a, #9ba3ad); font-size: 0.85em; }
@media (max-width: 60rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid #8884; }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 0.9rem; }
  nav li a { padding: 0.5rem 0; }
  main { padding: 1rem 1rem 4rem; }
}
`;
