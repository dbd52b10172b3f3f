import { expect, it } from 'vitest';
import { SHELVES } from './shelves.ts';

const FILES = Object.keys(import.meta.glob('../../sim-engine/scenarios/*.json')).map((path) =>
  path.slice(path.lastIndexOf('/') + 1, -'.json'.length),
);

it('every scenario stands on exactly one shelf', () => {
  expect(SHELVES.flatMap(({ scenarios }) => scenarios).sort()).toEqual(FILES.sort());
});
