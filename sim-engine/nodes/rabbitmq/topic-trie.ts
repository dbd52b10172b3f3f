// The binding keys of a topic exchange as a tree of words, so that a publish walks along its own words and never over the bindings.
// Used by `exchange.ts`. Example: the keys `order.*`, `order.created` and `#` make a root with the ways `order` and `#`; the key
// `order.created` leaves the root by both, and `order` by `*` and by `created`: three nodes hold what it matches.
//
// The walk follows all ways at once, word by word, and not one after the other with a way back: so a key with any number of `#`
// costs at most its number of words times the number of nodes (up to 4.0 a binding key may have as many as one likes).
// semantics/rabbitmq.md 2.2; vectors/rabbitmq/topic.json.

import { addTarget, isEmpty, newTargets, removeTarget, type Targets } from './targets.ts';

/** `*` stands for exactly one word, `#` for none or more; as ways of the tree they can be no word of a routing key. */
const ONE = '*';
const ANY = '#';

export interface TopicNode {
  /** By word of the binding key, but for the two wildcards. */
  readonly words: Map<string, TopicNode>;
  one: TopicNode | null;
  any: TopicNode | null;
  /** Where the bindings lead whose key ends here. */
  targets: Targets | null;
}

export const newTopicTrie = (): TopicNode => ({ words: new Map(), one: null, any: null, targets: null });

/** The words of a key. The empty key has none; a dot at an end or beside another makes an empty word. */
const wordsOf = (key: string): readonly string[] => (key === '' ? [] : key.split('.'));

/** How many words of a binding key are `#`: from 4.3 on a third is refused. */
export function anyCount(key: string): number {
  let count = 0;
  for (const word of wordsOf(key)) if (word === ANY) count++;
  return count;
}

export function addPattern(root: TopicNode, key: string, toExchange: boolean, name: string): void {
  let node = root;
  for (const word of wordsOf(key)) node = wayOf(node, word) ?? newWay(node, word);
  node.targets ??= newTargets();
  addTarget(node.targets, toExchange, name);
}

function wayOf(node: TopicNode, word: string): TopicNode | null {
  if (word === ONE) return node.one;
  return word === ANY ? node.any : (node.words.get(word) ?? null);
}

function newWay(node: TopicNode, word: string): TopicNode {
  const way = newTopicTrie();
  if (word === ONE) node.one = way;
  else if (word === ANY) node.any = way;
  else node.words.set(word, way);
  return way;
}

/** Takes one binding out, and the nodes that served nothing else. It must have been added. */
export function removePattern(root: TopicNode, key: string, toExchange: boolean, name: string): void {
  const words = wordsOf(key);
  const path = [root];
  for (const word of words) path.push(wayOf(path.at(-1) as TopicNode, word) as TopicNode);
  const last = path.at(-1) as TopicNode;
  removeTarget(last.targets as Targets, toExchange, name);
  if (isEmpty(last.targets as Targets)) last.targets = null;
  for (let depth = words.length; depth > 0 && isBare(path[depth] as TopicNode); depth--) {
    closeWay(path[depth - 1] as TopicNode, words[depth - 1] as string);
  }
}

const isBare = (node: TopicNode): boolean =>
  node.targets === null && node.one === null && node.any === null && node.words.size === 0;

function closeWay(node: TopicNode, word: string): void {
  if (word === ONE) node.one = null;
  else if (word === ANY) node.any = null;
  else node.words.delete(word);
}

/** Hands what every binding that matches `key` leads to over to `into`; a target may come from several nodes. */
export function matchTopic(root: TopicNode, key: string, into: Targets[]): void {
  let here: TopicNode[] = [];
  // A node behind `#` takes any further word and so, once reached, stays reached.
  const staying: TopicNode[] = [];
  reach(root, here, staying);
  for (const word of wordsOf(key)) {
    const next: TopicNode[] = [];
    // Those that are reached by this word itself do not take it once more.
    const before = staying.length;
    for (const node of here) follow(node, word, next, staying);
    for (let i = 0; i < before; i++) follow(staying[i] as TopicNode, word, next, staying);
    here = next;
  }
  for (const node of here) if (node.targets !== null) into.push(node.targets);
  for (const node of staying) if (node.targets !== null) into.push(node.targets);
}

function follow(node: TopicNode, word: string, next: TopicNode[], staying: TopicNode[]): void {
  const literal = node.words.get(word);
  if (literal !== undefined) reach(literal, next, staying);
  if (node.one !== null) reach(node.one, next, staying);
}

/** A node reached by a word, and what is reached from there without one. */
function reach(node: TopicNode, next: TopicNode[], staying: TopicNode[]): void {
  next.push(node);
  for (let any = node.any; any !== null && !staying.includes(any); any = any.any) staying.push(any);
}
