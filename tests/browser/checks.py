"""What is asked of every screen, as functions that run in the browser and return what is wrong."""

# What axe-core calls document-title, html-has-lang, page-has-heading-one, heading-order, label,
# image-alt, link-name, button-name and duplicate-id, for what is shown.
BASICS = """() => {
  const shown = [...document.querySelectorAll('body *')].filter(
    e => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}));
  const is = (e, ...names) => names.includes(e.localName);
  const named = e => (e.textContent.trim() || e.getAttribute('aria-label') || e.title
    || e.querySelector('img[alt]:not([alt=""])'));
  const wrong = [];
  if (!document.title.trim()) wrong.push('no title');
  if (!document.documentElement.lang) wrong.push('no lang');
  const headings = shown.filter(e => /^h[1-6]$/.test(e.localName));
  const ones = headings.filter(e => is(e, 'h1'));
  if (ones.length !== 1) wrong.push(`${ones.length} first headings`);
  const main = headings.filter(e => !e.closest('nav')).map(e => +e.localName[1]);
  main.forEach((level, place) => {
    if (level > (place ? main[place - 1] : 0) + 1) wrong.push(`heading ${level} comes too early`);
  });
  for (const e of shown) {
    if (is(e, 'input', 'select', 'textarea') && !e.labels?.length
        && !e.getAttribute('aria-label') && !['hidden', 'submit'].includes(e.type))
      wrong.push(`no label: ${e.outerHTML.slice(0, 120)}`);
    if (is(e, 'img') && !e.hasAttribute('alt')) wrong.push(`no alt: ${e.src}`);
    if (is(e, 'a', 'button') && !named(e)) wrong.push(`no name: ${e.outerHTML.slice(0, 120)}`);
    if (is(e, 'table') && !e.querySelector('th')) wrong.push('a table without headings');
  }
  const ids = shown.map(e => e.id).filter(Boolean);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place)))
    wrong.push(`twice: #${id}`);
  return wrong;
}"""

# WCAG 2.2, 1.4.3: 4.5 to 1, or 3 to 1 for large text. What is drawn behind is found by walking up.
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map(part => part / 255);
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
  const behind = e => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const layer = rgba(getComputedStyle(at).backgroundColor);
      layers.unshift(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduce((below, layer) => over(layer, below), [1, 1, 1]);
  };
  const light = colour => colour
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const wrong = new Set();
  for (const e of document.querySelectorAll('body *')) {
    const says = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!says || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    if (e.closest('svg, select, :disabled, .pb-unseen')) continue;
    const style = getComputedStyle(e), ground = behind(e);
    const [a, b] = [light(over(rgba(style.color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), bold = style.fontWeight >= 700;
    if (ratio < (size >= 24 || (bold && size >= 18.66) ? 3 : 4.5))
      wrong.add(`contrast ${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`);
  }
  return [...wrong];
}"""
