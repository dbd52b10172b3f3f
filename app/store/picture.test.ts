import { describe, expect, it } from 'vitest';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { PictureClock, type PictureSource } from './picture.ts';

class Source implements PictureSource {
  frame: Float64Array | null = null;
  frameAtMs = 0;
  readonly layout = null;
  speed = 1;
  nsPerMs = () => this.speed * 1e6;
  bring(timeNs: number, atMs: number): void {
    this.frame = new Float64Array(FRAME.HEADER_LENGTH);
    this.frame[FRAME.SIM_TIME_NS] = timeNs;
    this.frameAtMs = atMs;
  }
}

describe('the clock of the picture', () => {
  it('goes on evenly between frames that come late and early', () => {
    const source = new Source();
    const clock = new PictureClock();
    const jitter = [0, 7, -5, 3, -6, 8, 0, -4];
    const steps: number[] = [];
    let before = Number.NaN;
    for (let frame = 0; frame < 60; frame++) {
      const ms = frame * 16;
      source.bring(ms * 1e6, ms + (jitter[frame % jitter.length] as number));
      const now = clock.at(source, ms + 10);
      if (frame > 10) steps.push(now - before);
      before = now;
    }
    // A step of 16 ms, give or take a few: never backwards, never a jump.
    expect(Math.min(...steps)).toBeGreaterThan(10e6);
    expect(Math.max(...steps)).toBeLessThan(22e6);
  });

  it('waits for an engine that brings no frames, a moment past the last one', () => {
    const source = new Source();
    const clock = new PictureClock();
    source.bring(1e9, 0);
    clock.at(source, 0);
    for (let ms = 16; ms < 2000; ms += 16) clock.at(source, ms);
    expect(clock.at(source, 2000)).toBeLessThan(1e9 + 200e6);
  });

  it('stands exactly on the frame while the run is paused', () => {
    const source = new Source();
    const clock = new PictureClock();
    source.bring(1e9, 0);
    clock.at(source, 50);
    source.speed = 0;
    expect(clock.at(source, 60)).toBe(1e9);
  });

  it('takes a jump back to the start at once', () => {
    const source = new Source();
    const clock = new PictureClock();
    source.bring(90e9, 0);
    clock.at(source, 0);
    source.bring(0, 16);
    expect(clock.at(source, 16)).toBe(0);
  });
});
