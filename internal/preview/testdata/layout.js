// What a reader's eyes and fingers would find out about the page: each list names what is wrong.
(() => {
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} ${JSON.stringify(e.textContent.trim().slice(0, 30))}`;
  const all = [...document.body.querySelectorAll('*')].filter((e) => e.checkVisibility());
  const facts = { outside: [], cut: [], small: [], hidden: [], faint: [], torn: [] };

  for (const e of all) {
    const box = e.getBoundingClientRect();
    if (box.left < -0.5 || box.right > innerWidth + 0.5) facts.outside.push(name(e));
    if (getComputedStyle(e).display !== 'inline' && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1) facts.cut.push(name(e));
    const parent = e.closest('article')?.getBoundingClientRect();
    if (parent && (box.left < parent.left - 0.5 || box.right > parent.right + 0.5 || box.bottom > parent.bottom + 0.5)) facts.torn.push(name(e));
  }

  for (const e of document.querySelectorAll('.button, a.row')) {
    e.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = e.getBoundingClientRect();
    if (box.width < 44 || box.height < 44) facts.small.push(name(e));
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!e.checkVisibility() || !e.contains(top)) facts.hidden.push(name(e));
  }
  scrollTo(0, 0);

  // WCAG 2.2, relative luminance and contrast ratio.
  const rgba = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
      if (c[3] > 0) throw new Error(`half a background: ${name(e)}`);
    }
    throw new Error('no background');
  };
  let texts = 0;
  for (const e of all) {
    if (![...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim())) continue;
    texts++;
    const [a, b] = [luminance(rgba(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) facts.faint.push(`${ratio.toFixed(2)} ${name(e)}`);
  }

  return {
    wrong: facts,
    width: innerWidth, scrollWidth: document.documentElement.scrollWidth,
    buttons: document.querySelectorAll('.button').length, articles: document.querySelectorAll('article').length, texts,
    dark: luminance(rgba(getComputedStyle(document.body).backgroundColor)) < 0.2,
    asked: performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname),
    pictures: [...document.images].filter((i) => i.alt && i.getBoundingClientRect().width > 0 && i.getBoundingClientRect().height > 0).length,
  };
})()
