"use strict";
// What differs between two texts, as a list of [kind, text]: "same", "gone" or "new". By words,
// or by lines where there are too many words; null where there are too many lines too.
function differences(a, b) {
  for (const part of [/\s+|[^\s]+/g, /[^\n]*\n?/g]) {
    const x = a.match(part) || [], y = b.match(part) || [];
    if (x.length * y.length <= 4e6) return longestCommon(x, y);
  }
  return null;
}

function longestCommon(x, y) {
  const width = y.length + 1;
  const length = new Uint32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = y.length - 1; k >= 0; k--) {
      length[i * width + k] = x[i] === y[k] ? length[(i + 1) * width + k + 1] + 1 : Math.max(length[(i + 1) * width + k], length[i * width + k + 1]);
    }
  }
  const out = [];
  const add = (kind, text) => {
    if (out.length && out[out.length - 1][0] === kind) out[out.length - 1][1] += text;
    else out.push([kind, text]);
  };
  let i = 0, k = 0;
  while (i < x.length || k < y.length) {
    if (i < x.length && k < y.length && x[i] === y[k]) { add("same", x[i]); i++; k++; }
    else if (k >= y.length || (i < x.length && length[(i + 1) * width + k] >= length[i * width + k + 1])) { add("gone", x[i]); i++; }
    else { add("new", y[k]); k++; }
  }
  return out;
}
