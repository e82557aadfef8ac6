/* Packed vector layers for Leaflet: decoded once, drawn by class on one canvas, read by hover and click.
 *
 * L.packedLayer(data)      a layer; `data` comes from maps/packed.py
 * L.packedPainter(map)     the map's one painter: canvas, labels, watermark, cards
 *
 * Text from data is only ever set as textContent or drawn as pixels; nothing here writes HTML.
 */
(function () {
  'use strict';
  if (L.packedLayer) return;

  const INK = '#26313a', WATER = '#4b7da0';
  const FONT = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei","Source Han Sans SC",sans-serif';
  const SERIF = '"Noto Serif CJK SC","Noto Serif SC","Source Han Serif SC","Songti SC",STSong,SimSun,serif';
  const HOVER_FIELDS = 4, CARDS = 4, DOUBLE_CLICK_MS = 240;
  const narrow = window.matchMedia('(max-width: 760px)');

  /* ---- decoding ---------------------------------------------------------------------------------------- */

  function varints(base64) {
    const text = atob(base64);
    const out = new Float64Array(text.length);
    let count = 0, value = 0, scale = 1;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      value += (byte & 127) * scale;
      if (byte & 128) { scale *= 128; } else { out[count++] = value; value = 0; scale = 1; }
    }
    return out.subarray(0, count);
  }

  function starts(counts) {
    const out = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
    return out;
  }

  /* Web Mercator, 0 to 1 from the north-western corner of the world. */
  function mercator(data) {
    const packed = varints(data.xy), n = packed.length / 2;
    const x = new Float64Array(n), y = new Float64Array(n);
    let lon = 0, lat = 0;
    for (let i = 0; i < n; i++) {
      const a = packed[2 * i], b = packed[2 * i + 1];
      lon += a % 2 ? -(a + 1) / 2 : a / 2;
      lat += b % 2 ? -(b + 1) / 2 : b / 2;
      x[i] = lon * 1e-5 / 360 + 0.5;
      y[i] = northing(lat * 1e-5);
    }
    return { x, y };
  }

  function northing(lat) {
    const sine = Math.sin(lat * Math.PI / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  /* ---- the layer --------------------------------------------------------------------------------------- */

  const PackedLayer = L.Layer.extend({
    initialize(data) {
      L.stamp(this);
      this.data = data;
      const { x, y } = mercator(data);
      this.x = x; this.y = y;
      this.point = starts(varints(data.points));   // first point of each part
      this.part = starts(varints(data.parts));     // first part of each feature
      this.class = varints(data.classes);
      this.labels = data.labels.map(([feature, lon, lat, zh, en]) => ({ feature, x: lon / 360 + 0.5, y: northing(lat), zh, en }));
      this._measure();
    },

    onAdd(map) { L.packedPainter(map).attach(this); },
    onRemove(map) { L.packedPainter(map).detach(this); },

    getBounds() {
      const bounds = L.latLngBounds([]);
      for (let i = 0; i < this.data.count; i++) {
        bounds.extend(unproject(this.box[4 * i], this.box[4 * i + 1]));
        bounds.extend(unproject(this.box[4 * i + 2], this.box[4 * i + 3]));
      }
      return bounds;
    },

    _measure() {
      const n = this.data.count, box = this.box = new Float64Array(4 * n);
      for (let i = 0; i < n; i++) {
        let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
        for (let p = this.point[this.part[i]]; p < this.point[this.part[i + 1]]; p++) {
          if (this.x[p] < west) west = this.x[p];
          if (this.x[p] > east) east = this.x[p];
          if (this.y[p] < north) north = this.y[p];
          if (this.y[p] > south) south = this.y[p];
        }
        box.set([west, north, east, south], 4 * i);
      }
    },

    readable() { return this.data.fields.length > 0; },

    /* Text of a field for a feature, in a language: 0 Chinese, 1 English. */
    text(field, feature, language) {
      field.rows = field.rows || varints(field.index);
      const text = field.texts[field.rows[feature]];
      return typeof text === 'string' ? text : text[language];
    },

    /* The feature at a place (world units), or -1; `near` is how far off a point or a line may lie. */
    find(x, y, near) {
      const grid = this.grid || (this.grid = this._index());
      let best = -1, least = near;
      const column = [Math.floor((x - near - grid.west) / grid.width), Math.floor((x + near - grid.west) / grid.width)];
      const row = [Math.floor((y - near - grid.north) / grid.height), Math.floor((y + near - grid.north) / grid.height)];
      for (let r = Math.max(0, row[0]); r <= Math.min(grid.size - 1, row[1]); r++) {
        for (let c = Math.max(0, column[0]); c <= Math.min(grid.size - 1, column[1]); c++) {
          for (const feature of grid.cells.get(r * grid.size + c) || []) {
            const away = this._distance(feature, x, y, near);
            if (away <= least) { least = away; best = feature; }
          }
        }
      }
      return best;
    },

    _index() {
      const n = this.data.count, size = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(n)))), box = this.box;
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (let i = 0; i < n; i++) {
        west = Math.min(west, box[4 * i]); north = Math.min(north, box[4 * i + 1]);
        east = Math.max(east, box[4 * i + 2]); south = Math.max(south, box[4 * i + 3]);
      }
      const width = (east - west) / size || 1e-9, height = (south - north) / size || 1e-9, cells = new Map();
      const clip = (value) => Math.max(0, Math.min(size - 1, Math.floor(value)));
      for (let i = 0; i < n; i++) {
        const c0 = clip((box[4 * i] - west) / width), c1 = clip((box[4 * i + 2] - west) / width);
        const r0 = clip((box[4 * i + 1] - north) / height), r1 = clip((box[4 * i + 3] - north) / height);
        for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) {
          const key = r * size + c;
          if (!cells.has(key)) cells.set(key, []);
          cells.get(key).push(i);
        }
      }
      return { west, north, width, height, size, cells };
    },

    _distance(i, x, y, near) {
      const box = this.box;
      if (x < box[4 * i] - near || x > box[4 * i + 2] + near || y < box[4 * i + 1] - near || y > box[4 * i + 3] + near) {
        return Infinity;
      }
      if (this.data.kind === 'area') {
        if (this._inside(i, x, y)) return 0;
        const small = Math.max(box[4 * i + 2] - box[4 * i], box[4 * i + 3] - box[4 * i + 1]) < near;
        return small ? Math.hypot(x - box[4 * i], y - box[4 * i + 1]) : Infinity;
      }
      let least = Infinity;
      for (let part = this.part[i]; part < this.part[i + 1]; part++) {
        const first = this.point[part], end = this.point[part + 1];
        if (this.data.kind === 'point') {
          least = Math.min(least, Math.hypot(x - this.x[first], y - this.y[first]));
        } else {
          for (let p = first + 1; p < end; p++) least = Math.min(least, this._toSegment(p, x, y));
        }
      }
      return least;
    },

    _inside(i, x, y) {
      let inside = false;
      for (let part = this.part[i]; part < this.part[i + 1]; part++) {
        const first = this.point[part], end = this.point[part + 1];
        for (let p = first, q = end - 1; p < end; q = p++) {
          if ((this.y[p] > y) !== (this.y[q] > y) &&
              x < (this.x[q] - this.x[p]) * (y - this.y[p]) / (this.y[q] - this.y[p]) + this.x[p]) inside = !inside;
        }
      }
      return inside;
    },

    _toSegment(p, x, y) {
      const ax = this.x[p - 1], ay = this.y[p - 1], dx = this.x[p] - ax, dy = this.y[p] - ay;
      const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      return Math.hypot(x - ax - t * dx, y - ay - t * dy);
    },
  });

  function unproject(x, y) {
    const n = Math.PI * (1 - 2 * y);
    return L.latLng(Math.atan(Math.sinh(n)) * 180 / Math.PI, (x - 0.5) * 360);
  }

  /* ---- the painter --------------------------------------------------------------------------------------- */

  const Painter = L.Renderer.extend({
    options: { padding: 0.15 },

    initialize(options) {
      L.Renderer.prototype.initialize.call(this, options);
      this.drawn = [];
      this.watermark = [];
    },

    attach(layer) {
      this.drawn.push(layer);
      this.drawn.sort((a, b) => a.data.order - b.data.order);
      this.repaint();
    },

    detach(layer) {
      this.drawn = this.drawn.filter((other) => other !== layer);
      this.unhover();
      this.repaint();
    },

    setWatermark(lines) { this.watermark = lines; this.repaint(); },

    repaint() {
      if (!this._waiting) this._waiting = requestAnimationFrame(() => { this._waiting = 0; this.paint(); });
    },

    _initContainer() {
      this._container = document.createElement('div');
      this._container.className = 'packed-painter';
      this.canvas = this._container.appendChild(document.createElement('canvas'));
      this.over = this._container.appendChild(document.createElement('canvas'));
      for (const canvas of [this.canvas, this.over]) Object.assign(canvas.style, { position: 'absolute', left: 0, top: 0 });
      this._container.style.pointerEvents = 'none';
      this.canvas.setAttribute('aria-hidden', 'true');
      this.over.setAttribute('aria-hidden', 'true');
      this._listen(true);
    },

    _destroyContainer() {
      this._listen(false);
      this._container.remove();
      delete this._container;
    },

    _listen(on) {
      this._relang = this._relang || (() => { this.unhover(); this.paint(); if (this._shown) this._fill(); });
      this._keys = this._keys || ((event) => this._key(event));
      document[on ? 'addEventListener' : 'removeEventListener']('langchange', this._relang);
      document[on ? 'addEventListener' : 'removeEventListener']('keydown', this._keys);
      this._map[on ? 'on' : 'off']({ mousemove: this._hover, mouseout: this.unhover, movestart: this.unhover, click: this._click, dblclick: this._unclick }, this);
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this.paint();
    },

    /* Pixels of a world unit, and where the canvas begins. */
    _frame() {
      const origin = this._map.getPixelOrigin().add(this._bounds.min);
      const scale = this._map.options.crs.scale(this._map.getZoom());
      return { scale, left: origin.x, top: origin.y, size: this._bounds.getSize() };
    },

    _clear(canvas, size) {
      const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
      const width = Math.round(size.x * ratio), height = Math.round(size.y * ratio);
      if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
      canvas.style.width = size.x + 'px';
      canvas.style.height = size.y + 'px';
      const context = canvas.getContext('2d');
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      context.lineJoin = context.lineCap = 'round';
      return context;
    },

    paint() {
      if (!this._map || !this._bounds) return;
      const frame = this._frame(), context = this._clear(this.canvas, frame.size);
      const zoom = this._map.getZoom();
      const visible = this.drawn.filter((layer) => zoom >= layer.data.minZoom);
      for (const layer of visible) {
        ({ point: this._points, line: this._lines, area: this._areas })[layer.data.kind].call(this, context, layer, frame);
      }
      this._labels(context, visible, frame);
      this._mark(context, frame);
      this._clear(this.over, frame.size);
      this._map.getContainer().dataset.painted = String(visible.length);
    },

    _seen(layer, i, frame, margin) {
      const b = layer.box, s = frame.scale;
      return b[4 * i + 2] * s >= frame.left - margin && b[4 * i] * s <= frame.left + frame.size.x + margin &&
        b[4 * i + 3] * s >= frame.top - margin && b[4 * i + 1] * s <= frame.top + frame.size.y + margin;
    },

    _trace(context, layer, i, frame, close) {
      const { scale, left, top } = frame, { x, y } = layer;
      for (let part = layer.part[i]; part < layer.part[i + 1]; part++) {
        const first = layer.point[part], last = layer.point[part + 1] - 1;
        let px = x[first] * scale - left, py = y[first] * scale - top;
        context.moveTo(px, py);
        for (let p = first + 1; p <= last; p++) {
          const qx = x[p] * scale - left, qy = y[p] * scale - top;
          if (p < last && Math.abs(qx - px) + Math.abs(qy - py) < 0.8) continue;
          context.lineTo(px = qx, py = qy);
        }
        if (close) context.closePath();
      }
    },

    _lines(context, layer, frame) {
      for (let c = layer.data.styles.length - 1; c >= 0; c--) {
        const style = layer.data.styles[c];
        context.beginPath();
        for (let i = 0; i < layer.data.count; i++) {
          if (layer.class[i] === c && this._seen(layer, i, frame, style.width)) this._trace(context, layer, i, frame, false);
        }
        context.globalAlpha = style.opacity;
        if (style.fill) this._stroke(context, style.fill, style.width + 2.4, null);  // a casing
        this._stroke(context, style.color, style.width, style.dash);
      }
      context.globalAlpha = 1;
    },

    _stroke(context, color, width, dash) {
      context.setLineDash(dash ? dash.split(/[ ,]+/).map(Number) : []);
      context.strokeStyle = color;
      context.lineWidth = width;
      context.stroke();
      context.setLineDash([]);
    },

    _areas(context, layer, frame) {
      for (let c = layer.data.styles.length - 1; c >= 0; c--) {
        const style = layer.data.styles[c], hatch = style.hatch ? this._hatch(context, style.color) : null;
        for (let i = 0; i < layer.data.count; i++) {
          if (layer.class[i] !== c || !this._seen(layer, i, frame, 4)) continue;
          const b = layer.box, wide = Math.max(b[4 * i + 2] - b[4 * i], b[4 * i + 3] - b[4 * i + 1]) * frame.scale;
          if (wide < 3.2 && style.radius > 0) { this._speck(context, layer, i, frame, style); continue; }
          context.beginPath();
          this._trace(context, layer, i, frame, true);
          context.globalAlpha = style.opacity;
          if (style.fill) { context.fillStyle = style.fill; context.fill('evenodd'); }
          if (hatch) { context.fillStyle = hatch; context.fill('evenodd'); }
          context.globalAlpha = 1;
          // A shared border is stroked twice: the casing keeps the second dash from filling the gaps of the first.
          if (style.width > 0 && style.dash && !style.hatch) this._stroke(context, '#ffffff', style.width + 0.8, null);
          if (style.width > 0) this._stroke(context, style.color, style.width, style.dash);
        }
      }
    },

    /* An area too small to see is a dot, so that no pocket park goes missing at the scale of a city. */
    _speck(context, layer, i, frame, style) {
      const b = layer.box, half = Math.max(0.9, Math.min(1.8, (this._map.getZoom() - 8) * 0.55));
      const x = (b[4 * i] + b[4 * i + 2]) / 2 * frame.scale - frame.left;
      const y = (b[4 * i + 1] + b[4 * i + 3]) / 2 * frame.scale - frame.top;
      context.fillStyle = style.fill || style.color;
      context.beginPath();
      context.arc(x, y, half, 0, 2 * Math.PI);
      context.fill();
    },

    _hatch(context, color) {
      const tile = document.createElement('canvas');
      tile.width = tile.height = 12;
      const brush = tile.getContext('2d');
      brush.strokeStyle = color;
      brush.lineWidth = 1.6;
      brush.beginPath();
      for (const shift of [-12, 0, 12]) { brush.moveTo(shift, 12); brush.lineTo(shift + 12, 0); }
      brush.stroke();
      const pattern = context.createPattern(tile, 'repeat');
      pattern.setTransform(new DOMMatrix().scale(0.5));
      return pattern;
    },

    _points(context, layer, frame) {
      for (let c = layer.data.styles.length - 1; c >= 0; c--) {
        const style = layer.data.styles[c];
        context.globalAlpha = style.opacity;
        for (let i = 0; i < layer.data.count; i++) {
          if (layer.class[i] !== c || !this._seen(layer, i, frame, style.radius + 2)) continue;
          for (let part = layer.part[i]; part < layer.part[i + 1]; part++) {
            const p = layer.point[part];
            context.beginPath();
            context.arc(layer.x[p] * frame.scale - frame.left, layer.y[p] * frame.scale - frame.top, style.radius, 0, 2 * Math.PI);
            context.fillStyle = style.fill || style.color;
            context.fill();
            if (style.width > 0) this._stroke(context, style.color, style.width, style.dash);
          }
        }
      }
      context.globalAlpha = 1;
    },

    /* Names where there is room: the largest first, then upper layers; none over another, none cut by the map's edge. */
    _labels(context, layers, frame) {
      const language = this.language() ? 'en' : 'zh', view = this._view();
      const written = layers.filter((layer) => layer.labels.length && this._map.getZoom() >= layer.data.labelZoom);
      const taken = this._controls(view), symbols = this._symbols(layers, frame);
      context.textBaseline = 'middle';
      context.textAlign = 'center';
      const size_of = ({ data }) => data.labelSize || (data.kind === 'area' ? 13 : 12);
      for (const layer of written.reverse().sort((a, b) => size_of(b) - size_of(a))) {
        const size = size_of(layer), water = layer.data.labelLook === 'water';
        context.font = water ? `italic 400 ${size}px ${FONT}`
          : `${size > 15 ? 700 : layer.data.kind === 'area' ? 600 : 500} ${size}px ${size > 15 ? SERIF : FONT}`;
        for (const label of layer.labels) {
          const text = label[language], half = context.measureText(text).width / 2 + 2, tall = size * 0.68;
          const own = layer.data.kind === 'point' ? layer.symbols[label.feature] : null;
          const places = this._places(layer, label, frame, half, tall);
          const free = ([x, y], boxes) => x - half >= view[0] && y - tall >= view[1] && x + half <= view[2] && y + tall <= view[3] &&
            !boxes.some((box) => box !== own && x - half < box[2] && x + half > box[0] && y - tall < box[3] && y + tall > box[1]);
          const place = places.find((one) => free(one, [...taken, ...symbols])) ||
            size >= 13 && places.find((one) => free(one, taken));  // the name of a place goes before another's symbol
          if (!place) continue;
          const [x, y] = place;
          taken.push([x - half, y - tall, x + half, y + tall]);
          context.strokeStyle = 'rgba(255,255,255,0.9)';
          context.lineWidth = water ? 2.4 : 3.2;
          context.strokeText(text, x, y);
          context.fillStyle = water ? WATER : INK;
          context.fillText(text, x, y);
        }
      }
    },

    /* Where a name may stand, the best place first: beside a point, in an area or below a small one. */
    _places(layer, label, frame, half, tall) {
      const x = label.x * frame.scale - frame.left, y = label.y * frame.scale - frame.top;
      if (layer.data.kind === 'point') {
        const off = layer.data.styles[layer.class[label.feature]].radius + 3;
        return [[x + off + half, y], [x - off - half, y], [x, y + off + tall], [x, y - off - tall]];
      }
      if (layer.data.kind === 'line') return [[x, y]];
      const low = layer.box[4 * label.feature + 3], high = layer.box[4 * label.feature + 1];
      if ((low - high) * frame.scale >= 4.4 * tall) return [[x, y], [x, y + 2 * tall], [x, y - 2 * tall]];
      return [[x, low * frame.scale - frame.top + tall * 1.1], [x, high * frame.scale - frame.top - tall * 1.1]];
    },

    /* What can be seen of the canvas: left, top, right, bottom. */
    _view() {
      const from = this._map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min), size = this._map.getSize();
      return [from.x, from.y, from.x + size.x, from.y + size.y];
    },

    /* Boxes that no name may enter: what lies over the map's corners. */
    _controls([left, top, right, bottom]) {
      return [[left, top, left + 52, top + 128], [right - 56, top, right, top + 68], [left, bottom - 30, left + 150, bottom], [right - 290, bottom - 20, right, bottom]];
    },

    /* Boxes of the points that carry names, so that no name covers a neighbour's symbol. */
    _symbols(layers, frame) {
      const boxes = [];
      for (const layer of layers) {
        if (layer.data.kind !== 'point' || !layer.labels.length) continue;
        layer.symbols = {};
        for (const label of layer.labels) {
          const radius = layer.data.styles[layer.class[label.feature]].radius;
          const x = label.x * frame.scale - frame.left, y = label.y * frame.scale - frame.top;
          boxes.push(layer.symbols[label.feature] = [x - radius, y - radius, x + radius, y + radius]);
        }
      }
      return boxes;
    },

    _mark(context, frame) {
      if (!this.watermark.length) return;
      const width = 380, height = 230, ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
      const tile = document.createElement('canvas');
      tile.width = width * ratio;
      tile.height = height * ratio;
      const brush = tile.getContext('2d');
      brush.scale(ratio, ratio);
      brush.fillStyle = 'rgba(140,28,14,0.27)';
      brush.strokeStyle = 'rgba(255,255,255,0.34)';
      brush.lineWidth = 3;
      brush.lineJoin = 'round';
      brush.textAlign = 'center';
      brush.textBaseline = 'middle';
      this.watermark.forEach((line, i) => {
        const place = (i + 0.5) / this.watermark.length;
        for (const [right, down] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) {  // what leaves the tile comes in again
          brush.save();
          brush.translate(width * (place + right), height * (place + down));
          brush.rotate(-Math.PI / 8);
          brush.font = `700 ${/[\u4e00-\u9fff]/.test(line) ? 21 : 15}px ${FONT}`;
          brush.strokeText(line, 0, 0);
          brush.fillText(line, 0, 0);
          brush.restore();
        }
      });
      const pattern = context.createPattern(tile, 'repeat');
      pattern.setTransform(new DOMMatrix().translate(-(frame.left % width), -(frame.top % height)).scale(1 / ratio));
      context.fillStyle = pattern;
      context.fillRect(0, 0, frame.size.x, frame.size.y);
    },

    /* ---- reading ---- */

    language() { return document.documentElement.dataset.lang === 'en' ? 1 : 0; },

    /* The readable features at a place on the map, the topmost first, one of each layer. */
    at(latlng, pixels) {
      const scale = this._map.options.crs.scale(this._map.getZoom()), zoom = this._map.getZoom();
      const x = latlng.lng / 360 + 0.5, y = northing(latlng.lat);
      const all = [];
      for (const layer of [...this.drawn].reverse()) {
        if (!layer.readable() || zoom < layer.data.minZoom) continue;
        const reach = layer.data.kind === 'point' ? layer.data.styles[0].radius + pixels : pixels;
        const feature = layer.find(x, y, reach / scale);
        if (feature >= 0) all.push({ layer, feature });
      }
      return all;
    },

    _hover(event) {
      if (L.Browser.mobile || this._map.dragging && this._map.dragging.moving()) return;
      const [found] = this.at(event.latlng, 3);
      const key = found ? L.stamp(found.layer) + '/' + found.feature : '';
      if (!found || this._shown && key === this._open) { this.unhover(); return; }  // an open card needs no second one beside it
      if (key !== this._hovered) {
        this.unhover();
        this._hovered = key;
        this._outline(found);
        this._tip = L.tooltip({ direction: 'auto', offset: [14, 0], opacity: 1, className: 'packed-tip' })
          .setContent(this.card(found, HOVER_FIELDS)).setLatLng(event.latlng).addTo(this._map);
        this._map.getContainer().style.cursor = 'pointer';
      } else {
        this._tip.setLatLng(event.latlng);
      }
    },

    unhover() {
      if (!this._hovered) return;
      this._hovered = '';
      this._tip.remove();
      this._clear(this.over, this._bounds.getSize());
      this._map.getContainer().style.cursor = '';
    },

    _outline({ layer, feature }) {
      const frame = this._frame(), context = this._clear(this.over, frame.size);
      context.beginPath();
      if (layer.data.kind === 'point') {
        const p = layer.point[layer.part[feature]], style = layer.data.styles[layer.class[feature]];
        context.arc(layer.x[p] * frame.scale - frame.left, layer.y[p] * frame.scale - frame.top, style.radius + 2, 0, 2 * Math.PI);
      } else {
        this._trace(context, layer, feature, frame, layer.data.kind === 'area');
      }
      this._stroke(context, '#ffffff', 4.5, null);
      this._stroke(context, INK, 2, null);
    },

    /* A click opens a card once it is clear that it was not the first half of a double click. */
    _click(event) {
      this._unclick();
      if (event.originalEvent && event.originalEvent.detail > 1) return;
      this._clicked = setTimeout(() => this.open(event.latlng, L.Browser.mobile ? 10 : 4), DOUBLE_CLICK_MS);
    },

    _unclick() { clearTimeout(this._clicked); },

    /* Enter on the focused map reads what is at its centre; Escape closes what is open. */
    _key(event) {
      const container = this._map.getContainer();
      if (event.key === 'Enter' && document.activeElement === container) {
        event.preventDefault();
        if (this.open(this._map.getCenter(), 12)) this._body.focus({ preventScroll: true });
      } else if (event.key === 'Escape' && this._shown) {
        const inside = container.contains(document.activeElement);
        this.close();
        if (inside) container.focus({ preventScroll: true });
      }
    },

    /* The card of what is at a place; false where there is nothing to read. On phones it rises from the lower edge. */
    open(latlng, pixels) {
      const found = this.at(latlng, pixels).slice(0, CARDS);
      this.unhover();
      this.close();
      if (!found.length) return false;
      this._shown = found;
      this._body = element('div', 'packed-cards');
      this._body.tabIndex = -1;
      this._body.setAttribute('role', 'dialog');
      this._fill();
      if (narrow.matches) this._sheet(latlng); else this._popup(latlng);
      return true;
    },

    close() {
      this._shown = null;
      if (this._box) this._box.remove();
      this._box = null;
    },

    _popup(latlng) {
      const high = this._map.getSize().y;
      const popup = this._box = L.popup({
        maxWidth: 320, minWidth: 200, maxHeight: Math.max(160, Math.min(high * 0.6, high - 110)), className: 'packed-popup',
        autoPanPaddingTopLeft: [56, 12], autoPanPaddingBottomRight: [12, 12], closeOnEscapeKey: false, closeOnClick: false,
      }).setLatLng(latlng).setContent(this._body).openOn(this._map);
      this._name();
      popup.on('remove', () => { if (this._box === popup) { this._box = null; this._shown = null; } });
    },

    _sheet(latlng) {
      const container = this._map.getContainer(), sheet = this._box = element('div', 'packed-sheet');
      const close = this._closer = element('button', 'packed-close', '×');
      close.type = 'button';
      close.addEventListener('click', () => this.close());
      sheet.append(close, this._body);
      L.DomEvent.disableClickPropagation(sheet);
      L.DomEvent.disableScrollPropagation(sheet);
      for (const kind of ['touchstart', 'touchmove', 'pointerdown']) sheet.addEventListener(kind, (event) => event.stopPropagation());
      container.append(sheet);
      this._name();
      const free = container.clientHeight - sheet.offsetHeight, y = this._map.latLngToContainerPoint(latlng).y;
      if (y > free - 24) this._map.panBy([0, y - free / 2], { animate: false });  // what was tapped stays in sight
    },

    /* The open card in the page's language: the first feature whole, the others as lines that can be chosen. */
    _fill() {
      const [first, ...others] = this._shown, language = this.language();
      this._open = L.stamp(first.layer) + '/' + first.feature;
      const parts = [this.card(first, Infinity)];
      if (others.length) {
        const also = element('div', 'packed-also');
        also.append(element('div', 'packed-card-kind', said('also_here')));
        for (const one of others) {
          const line = element('button', 'packed-other');
          line.type = 'button';
          line.append(element('span', '', one.layer.data.title[language]), element('b', '', one.layer.text(one.layer.data.fields[0], one.feature, language)));
          line.addEventListener('click', () => {
            this._shown = [one, ...this._shown.filter((other) => other !== one)];
            this._fill();
            this._body.focus({ preventScroll: true });
          });
          also.append(line);
        }
        parts.push(also);
      }
      this._body.replaceChildren(...parts);
      this._body.setAttribute('aria-label', first.layer.data.title[language]);
      this._body.scrollTop = 0;
      this._name();
      if (this._box && this._box.update) this._box.update();
    },

    _name() {
      const close = this._box && (this._box._closeButton || this._closer);
      if (close && said('close')) { close.title = said('close'); close.setAttribute('aria-label', said('close')); }
    },

    /* What is known of a feature, as elements: the first field is its name. */
    card({ layer, feature }, most) {
      const language = this.language(), data = layer.data, card = element('div', 'packed-card');
      card.append(element('div', 'packed-card-kind', data.title[language]));
      data.fields.slice(0, most === Infinity ? undefined : most).forEach((field, i) => {
        const value = layer.text(field, feature, language);
        if (i === 0) {
          if (field.figure) card.append(element('div', 'packed-card-kind', field.name[language]));  // a figure needs its name
          card.append(element('div', 'packed-card-name', value));
          return;
        }
        if (value === '—') return;
        const row = element('div', 'packed-card-row');
        row.append(element('span', '', field.name[language]), element('b', '', value));
        card.append(row);
      });
      if (data.note[language] && most === Infinity) card.append(element('div', 'packed-card-note', data.note[language]));
      return card;
    },
  });

  /* A word of the page in its language; a bare map has none. */
  function said(key) {
    const words = (L.packedWords || {})[key];
    return words ? words[document.documentElement.dataset.lang === 'en' ? 1 : 0] : '';
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  L.PackedLayer = PackedLayer;
  L.packedLayer = (data) => new PackedLayer(data);
  L.packedPainter = (map) => {
    if (!map._packedPainter) map.addLayer(map._packedPainter = new Painter());
    return map._packedPainter;
  };
})();
