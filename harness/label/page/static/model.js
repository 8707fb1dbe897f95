"use strict";
// What a labeler has said about an item so far, without the page. Ranking is a list of groups of
// outputs, the best first; outputs of one group are equal.
class Draft {
  constructor(item, previous) {
    this.item = item;
    this.outputs = item.outputs.map((_, i) => {
      const said = previous && previous.outputs ? previous.outputs[i] : {};
      const flags = {};
      for (const f of item.form.flags || []) if (!f.asked) flags[f.name] = false;
      return { scales: { ...(said.scales || {}) }, flags: { ...flags, ...(said.flags || {}) } };
    });
    this.ranking = [];
    if (previous && previous.outputs && item.form.ranking) {
      previous.outputs.forEach((o, i) => {
        if (o.rank) (this.ranking[o.rank - 1] ||= []).push(i);
      });
    }
    this.better = previous && previous.better !== undefined ? previous.better : null;
    this.strength = (previous && previous.strength) || null;
    this.notes = (previous && previous.notes) || "";
  }

  // group is the place of an output's group; -1 is none.
  group(output) { return this.ranking.findIndex((g) => g.includes(output)); }

  place(output) { if (this.group(output) < 0) this.ranking.push([output]); }

  // move moves an output up (-1) or down (1). Out of a group of equals it first comes to stand alone.
  move(output, by) {
    const at = this.group(output);
    if (at < 0) return;
    const group = this.ranking[at];
    if (group.length > 1) {
      this.ranking[at] = group.filter((o) => o !== output);
      this.ranking.splice(by < 0 ? at : at + 1, 0, [output]);
      return;
    }
    const to = at + by;
    if (to < 0 || to >= this.ranking.length) return;
    this.ranking.splice(at, 1);
    this.ranking.splice(to, 0, group);
  }

  // tie makes an output equal to the group above it, or parts it from its equals.
  tie(output) {
    this.place(output);
    const at = this.group(output);
    if (this.ranking[at].length > 1) {
      this.move(output, 1);
    } else if (at > 0) {
      this.ranking.splice(at, 1);
      this.ranking[at - 1].push(output);
    }
  }

  // put moves an output before or after another one, or into its group of equals.
  put(output, target, where) {
    if (output === target) return;
    this.ranking = this.ranking.map((g) => g.filter((o) => o !== output)).filter((g) => g.length);
    const at = this.group(target);
    if (at < 0) this.ranking.push([output]);
    else if (where === "with") this.ranking[at].push(output);
    else this.ranking.splice(where === "before" ? at : at + 1, 0, [output]);
  }

  answer(seconds) {
    const said = { notes: this.notes, seconds };
    if (this.item.form.preference) {
      if (this.better !== null) said.better = this.better;
      if (this.strength !== null) said.strength = this.strength;
      return said;
    }
    said.outputs = this.outputs.map((o, i) => {
      const one = { scales: o.scales, flags: o.flags };
      const at = this.group(i);
      if (at >= 0) one.rank = at + 1;
      return one;
    });
    return said;
  }

  // keep and restore are for a page that is loaded again before its answer is saved.
  keep() { return JSON.stringify([this.outputs, this.ranking, this.better, this.strength, this.notes]); }

  restore(kept) {
    const [outputs, ranking, better, strength, notes] = JSON.parse(kept);
    if (outputs.length !== this.outputs.length) return;
    Object.assign(this, { outputs, ranking, better, strength, notes });
  }
}
