import { describe, expect, it } from 'vitest';
import { exp, exp2, ln, tanh } from './exact-math.ts';

describe('exact math', () => {
  it('the power of e grows from 0 to infinity', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(1)).toBe(Math.E);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN)).toBeNaN();
  });

  it('e^x ends at the greatest float64 above and at the least below', () => {
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(-745.1332191019412)).toBe(0);
  });

  it('powers of two with whole exponents are exact, subnormal ones too', () => {
    for (let i = -1074; i < 1024; i++) expect(exp2(i)).toBe(2 ** i);
    expect(exp2(1024)).toBe(Infinity);
    expect(exp2(-1075)).toBe(0);
    expect(exp2(-1076)).toBe(0);
    expect(exp2(Infinity)).toBe(Infinity);
    expect(exp2(-Infinity)).toBe(0);
    expect(exp2(NaN)).toBeNaN();
  });

  it('the logarithm of 1 is 0, of 0 minus infinity, of a negative number nothing', () => {
    expect(ln(1)).toBe(0);
    expect(ln(2)).toBe(Math.LN2);
    expect(ln(0)).toBe(-Infinity);
    expect(ln(-0)).toBe(-Infinity);
    expect(ln(-1)).toBeNaN();
    expect(ln(-Infinity)).toBeNaN();
    expect(ln(Infinity)).toBe(Infinity);
    expect(ln(NaN)).toBeNaN();
  });

  it('the hyperbolic tangent is odd, keeps tiny numbers and ends at 1', () => {
    expect(tanh(0)).toBe(0);
    expect(tanh(-0)).toBe(-0);
    expect(tanh(Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    for (const x of [1e-12, 0.3, 0.55, 2, 19, 21.9, 22, 1e300, Infinity]) expect(tanh(-x)).toBe(-tanh(x));
    expect(tanh(22)).toBe(1);
    expect(tanh(Infinity)).toBe(1);
    expect(tanh(NaN)).toBeNaN();
  });
});
