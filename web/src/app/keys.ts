interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** `y`, `Shift+A`, `Mod+K`, `Alt+M`, `[`; `Mod` is Ctrl, or Cmd where there is one. */
export function keyName(press: KeyPress): string {
  const letter = /^[a-z]$/i.test(press.key);
  const mod = press.ctrlKey || press.metaKey;
  const key = letter && (mod || press.altKey || press.shiftKey) ? press.key.toUpperCase() : press.key;
  // On a key such as `?` or `[`, Shift is how it is typed, not a chord.
  const shift = press.shiftKey && (letter || press.key.length > 1);
  return `${mod ? 'Mod+' : ''}${press.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key === ' ' ? 'Space' : key}`;
}

const isMac = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** As printed on this machine's keys. */
export function keyLabel(name: string): string {
  return name
    .replace('Mod', isMac ? 'Cmd' : 'Ctrl')
    .replace('ArrowUp', '↑')
    .replace('ArrowDown', '↓')
    .replace('ArrowLeft', '←')
    .replace('ArrowRight', '→');
}
