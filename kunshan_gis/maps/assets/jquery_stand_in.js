/* The two calls Folium makes of jQuery, without jQuery: $(html) for popups and $(document).ready(f). */
window.$ = window.$ || function (given) {
  'use strict';
  if (given === document) return { ready: (run) => run() };
  const template = document.createElement('template');
  template.innerHTML = String(given).trim();
  return template.content.children;
};
