/* global document, localStorage, matchMedia */
// Runs before the first paint, so that a light theme does not flash dark. A file of its own: the content policy
// allows no inline script.
(function () {
  const root = document.documentElement;
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem('switchyard.look') ?? '{}');
    } catch {
      return {};
    }
  };
  const look = stored();
  root.dataset.theme = look.theme ?? (matchMedia('(prefers-contrast: more)').matches ? 'contrast' : 'ink');
  root.dataset.density = look.density ?? 'compact';
  root.dataset.reading = look.reading ?? 'mono';
})();
