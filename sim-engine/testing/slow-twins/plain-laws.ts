// The laws of lengths by inversion and by the host's Math: the slow twin of kernel/distributions.ts. Only tests call it. It is right
// to the eye and differs in its last bits from host to host, which is why the engine does without it.

import type { LawSpec } from '../../kernel/law-spec.ts';

/** One draw, rounded to a whole length of at least 0, from as many uniform draws as it takes. */
export function plainDraw(spec: LawSpec, uniform: () => number): number {
  return Math.round(Math.max(0, lengthOf(spec, uniform)));
}

function lengthOf(spec: LawSpec, uniform: () => number): number {
  switch (spec.law) {
    case 'constant':
      return spec.value;
    case 'uniform':
      return spec.low + Math.floor(uniform() * (spec.high - spec.low + 1));
    case 'exponential':
      return exponential(spec.mean, uniform);
    case 'erlang': {
      let sum = 0;
      for (let i = 0; i < spec.shape; i++) sum += exponential(spec.mean / spec.shape, uniform);
      return sum;
    }
    case 'hyperexponential':
      return exponential(uniform() < spec.share ? spec.mean1 : spec.mean2, uniform);
    case 'two-point':
      return uniform() < spec.share ? spec.value1 : spec.value2;
    case 'normal':
      return spec.mean + spec.deviation * normal(uniform);
    case 'log-normal': {
      const variance = Math.log(1 + spec.scv);
      return Math.exp(Math.log(spec.mean) - variance / 2 + Math.sqrt(variance) * normal(uniform));
    }
    case 'geometric': {
      let units = 1;
      while (uniform() >= spec.share) units++;
      return units * spec.unit;
    }
  }
}

const exponential = (mean: number, uniform: () => number): number => -mean * Math.log(uniform());

/** Box and Muller. */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
