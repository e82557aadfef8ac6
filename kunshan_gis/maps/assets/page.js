/* The page around the map: language, layer switches, full extent, print. Reads #page-data, writes no HTML. */
(function () {
  'use strict';
  const data = JSON.parse(document.getElementById('page-data').textContent);
  const map = window[data.map];
  const root = document.documentElement;
  const narrow = window.matchMedia('(max-width: 760px)');
  const say = (key) => data.text[key][root.dataset.lang === 'en' ? 1 : 0];

  L.packedWords = data.text;

  function full() {
    if (data.bounds) map.fitBounds(data.bounds, { padding: narrow.matches ? [8, 8] : [18, 18], animate: false });
  }

  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
    map._zoomAnimated = map._fadeAnimated = map.options.inertia = false;
  }

  const Home = L.Control.extend({
    options: { position: 'topleft' },
    onAdd() {
      const bar = L.DomUtil.create('div', 'leaflet-bar');
      const link = this.link = L.DomUtil.create('a', 'home', bar);
      link.href = '#';
      link.setAttribute('role', 'button');
      link.textContent = '⤢';
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(link, 'click', L.DomEvent.preventDefault).on(link, 'click', full);
      return bar;
    },
  });
  const home = new Home().addTo(map);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);

  /* The cross and its keys belong to who moves the map by keyboard. */
  document.addEventListener('keydown', () => root.classList.add('by-key'));
  document.addEventListener('pointerdown', () => root.classList.remove('by-key'), true);

  /* ---- language ---- */
  const button = document.getElementById('switch');
  function speak(language) {
    root.dataset.lang = language;
    root.lang = language === 'en' ? 'en' : 'zh-CN';
    document.title = say('title');
    button.textContent = button.dataset[language];
    button.setAttribute('aria-label', language === 'en' ? button.dataset.labelEn : button.dataset.labelZh);
    const named = [[map.zoomControl._zoomInButton, 'zoom_in'], [map.zoomControl._zoomOutButton, 'zoom_out'], [home.link, 'full_extent']];
    for (const [link, key] of named) { link.title = say(key); link.setAttribute('aria-label', say(key)); }
    map.getContainer().setAttribute('aria-label', say('title'));
    document.dispatchEvent(new Event('langchange'));
  }
  /* ---- tables wider than the page say so ---- */
  function measure() {
    for (const wrap of document.querySelectorAll('.table-wrap')) {
      wrap.previousElementSibling.classList.toggle('needed', wrap.scrollWidth > wrap.clientWidth + 1);
    }
  }
  window.addEventListener('resize', measure);
  document.addEventListener('langchange', measure);
  for (const details of document.querySelectorAll('.tables details')) details.addEventListener('toggle', measure);

  button.addEventListener('click', () => speak(root.dataset.lang === 'en' ? 'zh' : 'en'));

  /* ---- layers ---- */
  for (const box of document.querySelectorAll('input[data-layer]')) {
    const show = () => {
      map[box.checked ? 'addLayer' : 'removeLayer'](window[box.dataset.layer]);
      box.closest('.legend-layer').classList.toggle('off', !box.checked);
    };
    if (box.checked !== map.hasLayer(window[box.dataset.layer])) show();  // a browser may restore what was ticked
    box.addEventListener('change', show);
  }
  if (narrow.matches) document.querySelector('.legend').open = false;

  /* ---- print: the map as wide as the sheet, the view kept ---- */
  let kept = null;
  window.addEventListener('beforeprint', () => {
    kept = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom(), legend: document.querySelector('.legend').open };
    document.querySelector('.legend').open = true;
    root.classList.add('printing');
    map.invalidateSize({ animate: false });
    map.fitBounds(kept.bounds, { animate: false });
    if (L.packedPainter) L.packedPainter(map).paint();
  });
  window.addEventListener('afterprint', () => {
    root.classList.remove('printing');
    document.querySelector('.legend').open = kept.legend;
    map.invalidateSize({ animate: false });
    map.setView(kept.centre, kept.zoom, { animate: false });
  });

  if (!L.packedPainter) map.getContainer().dataset.painted = '0';  // nothing to draw is drawn at once
  map.invalidateSize({ animate: false });
  full();
  speak(root.dataset.lang);
})();
