// All words that the engine declares: kinds, fields, gauges, problems, notices. Only what is loaded after the first letter imports
// this; whatever is there before it asks `store/late.ts`.

export { say } from '../../sim-engine/messages/en.ts';
