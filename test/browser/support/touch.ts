/** For the page: what a finger would miss. A log's source is as high as its row; the list of tasks filters by it too. */
export const SMALL_TARGETS = `[...document.querySelectorAll('button, a, select, summary, [role=tab]')]
  .filter((one) => one.getClientRects().length > 0 && !one.matches('.skip, .log-source, .react-flow__attribution a'))
  .flatMap((one) => {
    const beyond = getComputedStyle(one, '::after');
    const more = beyond.position === 'absolute' ? -parseFloat(beyond.top) - parseFloat(beyond.bottom) : 0;
    const height = one.getBoundingClientRect().height + more;
    return height < 44 ? [\`\${one.className} \${one.textContent}: \${height}\`] : [];
  })`;

/** For the page: how much wider than the window it is. */
export const TOO_WIDE = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
