/* Waybill landing snippet: <script src="waybill-landing.js" data-track="https://go.shop.example/track/web" defer></script> */
(function (w, d) {
  const tag = d.currentScript;
  const url = tag && tag.getAttribute('data-track');
  if (!url) return;
  try {
    const q = new URLSearchParams(w.location.search);
    const first = function (names) {
      for (const name of names) if (q.get(name)) return q.get(name);
    };
    let id = first(['click_id', 'clickid', 'cid', 'tid']);
    const ref = first(['ref', 'tap_a']);
    if (!id && !ref) return;
    // An id of this form was minted by the gateway, which knows the click already.
    if (!/^[a-z2-7]{26}$/.test(id || '')) {
      if (!id) {
        const letters = 'abcdefghijklmnopqrstuvwxyz234567';
        id = '';
        w.crypto.getRandomValues(new Uint8Array(26)).forEach(function (byte, at) {
          id += letters[at < 25 ? byte & 31 : byte & 28];
        });
      }
      const told = { type: 'CLICK', click_id: id };
      if (ref) told.affiliate_id = ref;
      q.forEach(function (value, name) {
        if (value && /^(utm_(source|medium|campaign|term|content)|sub([1-9]|10))$/.test(name))
          told[name] = value.slice(0, 256);
      });
      const body = JSON.stringify(told);
      // Behind the page's back: neither waits for an answer.
      if (!(w.navigator.sendBeacon && w.navigator.sendBeacon(url, body)))
        w.fetch(url, {
          method: 'POST',
          body: body,
          mode: 'no-cors',
          credentials: 'include',
          keepalive: true,
        }).catch(function () {});
    }
    d.querySelectorAll('input[name=click_id]').forEach(function (input) {
      input.value = input.value || id;
    });
    d.querySelectorAll('a[data-waybill]').forEach(function (link) {
      const to = new URL(link.href);
      to.searchParams.set(link.getAttribute('data-waybill') || 'click_id', id);
      link.href = to.href;
    });
  } catch {
    // A page never breaks over its statistics.
  }
})(window, document);
