// Every start of a lesson is what its file says it is, before anybody has touched it.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lesson } from '../../testing/lesson.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

describe('the start of a lesson', () => {
  it.each(names)('%s keeps what its file expects of it', (name) => {
    const lesson = new Lesson(name);
    expect(lesson.document.expect?.length).toBeGreaterThan(1);
    expect(lesson.unmet()).toEqual([]);
  });

  it.each(names)('%s says what it shows in at most forty words', (name) => {
    const { about = '' } = new Lesson(name).document;
    expect(about.split(/\s+/).length).toBeLessThanOrEqual(40);
    expect(about.length).toBeGreaterThan(0);
  });
});
