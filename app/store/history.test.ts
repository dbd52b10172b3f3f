import { describe, expect, it } from 'vitest';
import { begin, cancel, canRedo, canUndo, change, commit, newHistory, redo, run, undo } from './history.ts';

describe('undo history', () => {
  it('takes a whole drag back in one step, to where the thing was before the drag', () => {
    let history = begin(newHistory(0));
    for (const x of [8, 16, 24]) history = change(history, x);
    history = undo(commit(history));
    expect(history.present).toBe(0);
    expect(redo(history).present).toBe(24);
  });

  it('undoes a gesture that is still open', () => {
    const history = change(begin(newHistory('a')), 'b');
    expect(canUndo(history)).toBe(true);
    expect(undo(history).present).toBe('a');
  });

  it('keeps no step for a gesture that changed nothing', () => {
    expect(canUndo(commit(begin(newHistory('a'))))).toBe(false);
  });

  it('forgets what was undone as soon as something new is done', () => {
    const history = run(undo(run(newHistory('a'), 'b')), 'c');
    expect(canRedo(history)).toBe(false);
    expect(undo(history).present).toBe('a');
  });

  it('leaves no step of a gesture that is given up', () => {
    const given = cancel(change(begin(run(newHistory('a'), 'b')), 'dragged'));
    expect(given.present).toBe('b');
    expect(given.before).toBeNull();
    expect(undo(given).present).toBe('a');
    expect(cancel(newHistory('a')).present).toBe('a');
  });

  it('stays as it is when there is nothing to undo or redo', () => {
    const history = newHistory('a');
    expect(undo(history).present).toBe('a');
    expect(redo(history).present).toBe('a');
  });
});
