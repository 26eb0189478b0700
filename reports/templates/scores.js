"use strict";
// Scores again from the answers, under other weights and another time band: the sums of
// harness/metrics (influence, clusters, intervals, joint, ranks), tested to print equal numbers.
const scores = (() => {
  const LEVEL = 0.95, RESIDUAL_SHARE = 0.1, FEW_LEVELS = 5, SWEEPS = 25, CLOSE = 1e-7;

  // --- Student's t ---
  const LANCZOS = [76.18009172947146, -86.50532032941677, 24.01409824083091,
    -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5];

  function logGamma(x) {
    const from = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
    return -from + Math.log(2.5066282746310005 *
      LANCZOS.reduce((sum, c, i) => sum + c / (x + 1 + i), 1.000000000190015) / x);
  }

  // The regularized incomplete beta function, by Lentz's continued fraction.
  function beta(a, b, x) {
    if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
    if (x > (a + 1) / (a + b + 2)) return 1 - beta(b, a, 1 - x);
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) +
      a * Math.log(x) + b * Math.log(1 - x)) / a;
    const held = (v) => Math.abs(v) < 1e-300 ? 1e-300 : v;
    let c = 1, d = 1 / held(1 - (a + b) * x / (a + 1)), found = d;
    for (let m = 1; m <= 300; m++) {
      for (const term of [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ]) {
        d = 1 / held(1 + term * d);
        c = held(1 + term / c);
        found *= d * c;
      }
      if (Math.abs(d * c - 1) < 1e-15) break;
    }
    return front * found;
  }

  const twoSided = (t, df) => beta(df / 2, 0.5, df / (df + t * t));

  function reach(df) {
    let low = 1.9, high = 12.8;
    for (let i = 0; i < 60; i++) {
      const t = (low + high) / 2;
      if (twoSided(t, df) > 1 - LEVEL) low = t; else high = t;
    }
    return (low + high) / 2;
  }

  // --- answers ---
  function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  // What each answer earns by its time; where there is no band the column holds that already.
  function earned(board, [c, t], [full, zero]) {
    const span = Math.log(zero / full);
    return t.map((time, i) => {
      if (Number.isNaN(time)) return time;
      const fast = time <= full ? 1 : time >= zero ? 0 : Math.log(zero / time) / span;
      return fast === 0 ? 0 : board.all ? fast : c[i] * fast;
    });
  }

  function mean(column) {
    let sum = 0, n = 0;
    for (const v of column) if (!Number.isNaN(v)) { sum += v; n += 1; }
    return { sum, n, mean: sum / n };
  }

  function meanOverSeeds(columns) {
    if (columns.length === 1) return columns[0];
    return columns[0].map((_, i) => mean(columns.map((column) => column[i])).mean);
  }

  // One part of a run: its mean, and what each answer adds to it beyond the mean.
  function influence(values, seeds) {
    const { sum, n, mean: middle } = mean(values);
    return {
      mean: middle, n, centre: (sum + 1) / (n + 2), seeds, splits: new Map(),
      there: Uint8Array.from(values, (v) => Number(!Number.isNaN(v))),
      column: values.map((v) => Number.isNaN(v) ? 0 : (v - middle) / (n + 2)),
    };
  }

  function part(board, members, number, band) {
    const moves = number === 1 && board.band;
    const columns = members.map((one) => moves ? earned(board, one, band) : one[number]);
    return influence(meanOverSeeds(columns), columns.length < 2 ? [] : columns.map((one) => mean(one).mean));
  }

  // The parts of all runs; those that no band moves are made once.
  function measured(board, band) {
    if (String(band) !== board.at) {
      board.made = board.runs.map((members, r) => board.parts.map((number, p) =>
        board.made && number !== 1 ? board.made[r][p] : part(board, members, number, band)));
      board.at = String(band);
    }
    return board.made;
  }

  const weighed = (weights, numbers) => weights.reduce((sum, w, p) => w > 0 ? sum + w * numbers[p] : sum, 0);

  // A run under some weights.
  function combined(parts, weights) {
    const asked = new Uint8Array(parts[0].there.length);
    parts.forEach(({ there }, p) => {
      if (weights[p] > 0) for (let i = 0; i < asked.length; i++) asked[i] |= there[i];
    });
    const seeds = parts[0].seeds.map((_, k) => weighed(weights, parts.map((one) => one.seeds[k])));
    const middle = mean(seeds).mean;
    const spread = seeds.reduce((sum, v) => sum + (v - middle) ** 2, 0);
    return {
      asked, parts, value: weighed(weights, parts.map((one) => one.mean)),
      centre: weighed(weights, parts.map((one) => one.centre)),
      unseen: weighed(weights, parts.map(({ n }) => 1 / (n + 2))) ** 2,
      seeds: seeds.length < 2 ? 0 : spread / (seeds.length - 1) / seeds.length,
      seedsDf: Math.max(seeds.length - 1, 1),
    };
  }

  // --- clusters ---
  function numbered(labels) {
    const numbers = new Map();
    const levels = Int32Array.from(labels, (label) => {
      if (!numbers.has(label)) numbers.set(label, numbers.size);
      return numbers.get(label);
    });
    const counts = new Float64Array(numbers.size);
    levels.forEach((level) => { counts[level] += 1; });
    return { levels, size: numbers.size, counts };
  }

  // Which questions are asked, and the sources of chance among them.
  function factors(board, asked) {
    const kept = [];
    asked.forEach((yes, i) => { if (yes) kept.push(i); });
    const row = numbered(kept.map((i) => board.rows[i]));
    const alone = { asked, kept, chosen: [row.size > 1 ? row : numbered(kept)] };
    if (!board.templates.length) return alone;
    const wording = numbered(kept.map((i) => board.templates[i]));
    const cells = numbered(kept.map((_, i) => row.levels[i] * wording.size + wording.levels[i])).size;
    if (wording.size === 1 || wording.size === cells || board.fixed) return alone;
    return { asked, kept, chosen: row.size === 1 || row.size === cells ? [wording] : [row, wording] };
  }

  function grouped(board, asked) {
    const known = board.groups.find((group) => group.asked.every((yes, i) => yes === asked[i]));
    if (known) return known;
    board.groups.push(factors(board, asked));
    return board.groups[board.groups.length - 1];
  }

  function sums(column, { levels, size }) {
    const found = new Float64Array(size);
    for (let i = 0; i < column.length; i++) found[levels[i]] += column[i];
    return found;
  }

  // What the sum of a row's and a wording's effect does not explain, by alternating fits: while one
  // factor's means are taken off, the other's sums are gathered.
  function residual(column, chosen) {
    const left = Float64Array.from(column);
    const most = left.reduce((high, v) => Math.max(high, Math.abs(v)), 0);
    const held = [sums(left, chosen[0]), new Float64Array(chosen[1].size)];
    for (let sweep = 0, moved = 1; sweep < SWEEPS && moved > CLOSE * most; sweep++) {
      moved = 0;
      for (let f = 0; f < 2; f++) {
        const { levels, counts } = chosen[f], means = held[f];
        const { levels: others } = chosen[1 - f], next = held[1 - f].fill(0);
        for (let level = 0; level < means.length; level++) {
          means[level] /= counts[level];
          moved = Math.max(moved, Math.abs(means[level]));
        }
        for (let i = 0; i < left.length; i++) next[others[i]] += left[i] -= means[levels[i]];
      }
    }
    return left;
  }

  // Where the chance of a part comes from: sums by level of each source, and what neither explains.
  function split(part, group, crossed) {
    if (!part.splits.has(group)) {
      const column = Float64Array.from(group.kept, (i) => part.column[i]);
      const sources = group.chosen.map((factor) => sums(column, factor));
      part.splits.set(group, [...sources, crossed ? residual(column, group.chosen) : new Float64Array(0)]);
    }
    return part.splits.get(group);
  }

  // The same of a run under some weights: sums and what is left are as linear as the means.
  function chance(run, weights, group) {
    const sizes = group.chosen.map(({ size }) => size);
    const df = group.kept.length - sizes.reduce((a, b) => a + b, 0) + 1;
    const crossed = sizes.length > 1 && df >= 1;
    const splits = run.parts.map((part) => split(part, group, crossed));
    const columns = splits[0].map((first, f) => {
      const mixed = new Float64Array(first.length);
      splits.forEach((one, p) => {
        if (weights[p] > 0) for (let i = 0; i < mixed.length; i++) mixed[i] += weights[p] * one[f][i];
      });
      return mixed;
    });
    return {
      sources: columns.slice(0, -1), left: columns[columns.length - 1],
      dfs: sizes.map((size) => Math.max(size - 1, 1)), df: crossed ? df : 1, crossed,
      scale: crossed ? group.kept.length / df : 0,
    };
  }

  function product(one, other) {
    let sum = 0;
    for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
    return sum;
  }

  // The covariance of two columns by source, and of what is counted once.
  function shared(one, other) {
    const between = one.sources.map((levels, f) =>
      levels.length / Math.max(levels.length - 1, 1) * product(levels, other.sources[f]));
    return [...between, one.crossed ? one.scale * product(one.left, other.left) : 0];
  }

  function variance(found, { dfs, df: residualDf }, letOff) {
    const sources = found.slice(0, -1), rest = found[found.length - 1];
    const whole = Math.max(sources.reduce((a, b) => a + b, 0) - rest, ...sources);
    const least = Math.min(...dfs);
    const spent = sources.reduce((sum, source, f) =>
      sum + Math.max(source - letOff * rest, 0) ** 2 / dfs[f], rest * rest / residualDf);
    return { variance: whole, df: Math.max(spent > 0 ? whole * whole / spent : least, least) };
  }

  function add({ variance: first, df }, ...more) {
    let whole = first, spent = first * first / df;
    for (const [extra, own] of more) { whole += extra; spent += extra * extra / own; }
    return { variance: whole, df: spent > 0 ? whole * whole / spent : df };
  }

  // --- intervals and ranks ---
  function interval(run, parts) {
    const found = variance(shared(parts, parts), parts, RESIDUAL_SHARE);
    const unseen = run.unseen * (run.centre ** 2 + (1 - run.centre) ** 2);
    const { variance: whole, df } = add(found, [unseen, Math.max(...parts.dfs)], [run.seeds, run.seedsDf]);
    const wide = reach(df) * Math.sqrt(whole) / (run.centre * (1 - run.centre));
    const middle = Math.log(run.centre / (1 - run.centre));
    const logistic = (x) => 1 / (1 + Math.exp(-x));
    return {
      value: 100 * run.value, low: 100 * Math.min(logistic(middle - wide), run.value),
      high: 100 * Math.max(logistic(middle + wide), run.value),
    };
  }

  function difference(one, other, a, b, own) {
    const both = shared(a, b);
    const found = both.map((v, f) => Math.max(own(a)[f] + own(b)[f] - 2 * v, 0));
    const told = variance(found, a, 0), least = Math.min(...a.dfs);
    if (least + 1 < FEW_LEVELS) told.df = least;
    const { variance: whole, df } = add(told, [one.unseen + other.unseen, Math.max(...a.dfs)],
      [one.seeds, one.seedsDf], [other.seeds, other.seedsDf]);
    return { value: one.value - other.value, p: twoSided((one.value - other.value) / Math.sqrt(whole), df) };
  }

  function* pairs(runs, parts) {
    const known = new Map(parts.map((one) => [one, shared(one, one)]));
    const own = (one) => known.get(one);
    for (let i = 0; i < runs.length; i++) {
      for (let j = i + 1; j < runs.length; j++) {
        yield { i, j, ...difference(runs[i], runs[j], parts[i], parts[j], own) };
      }
    }
  }

  // Holm's correction over all pairs: best and worst rank that they leave open.
  function ranks(runs, parts) {
    const found = [...pairs(runs, parts)].sort((a, b) => a.p - b.p);
    const better = runs.map(() => 0), worse = runs.map(() => 0);
    for (const [step, { i, j, value, p }] of found.entries()) {
      if ((found.length - step) * p >= 1 - LEVEL) break;
      better[value > 0 ? j : i] += 1;
      worse[value > 0 ? i : j] += 1;
    }
    return runs.map((_, i) => [1 + better[i], runs.length - worse[i]]);
  }

  // All runs of a board: value, low and high in points, and rank as [best, worst] or null.
  function score(board, weights, band) {
    const whole = weights.reduce((a, b) => a + b, 0);
    if (!(whole > 0)) return null;
    const shares = weights.map((weight) => weight / whole);
    const runs = measured(board, band).map((parts) => combined(parts, shares));
    const asked = runs[0].asked.slice();
    for (const run of runs) run.asked.forEach((yes, i) => { asked[i] |= yes; });
    const together = grouped(board, asked);
    const joint = runs.map((run) => chance(run, shares, together));
    const own = runs.map((run, r) => {
      const group = grouped(board, run.asked);
      return group === together ? joint[r] : chance(run, shares, group);
    });
    const places = board.fixed ? null : ranks(runs, joint);
    return runs.map((run, i) => ({ ...interval(run, own[i]), rank: places && places[i] }));
  }

  function read(text) {
    const board = JSON.parse(text);
    board.runs = board.runs.map((members) => members.map((columns) => columns.map(unpacked)));
    return { ...board, groups: [], made: null, at: null };
  }

  return { read, score };
})();
