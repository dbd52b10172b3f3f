// "Try a routing key": the bindings of an exchange that would take a message with this key, the path it lights up on the canvas, and in
// words how many queues get a copy. Nothing is sent.

import { Check, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldsOfWire } from '../../sim-engine/nodes/declarations.ts';
import type { TableField } from '../../sim-engine/nodes/fields.ts';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { parseTopologyDocument } from '../../sim-engine/topology/parse.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { nameOf } from '../store/drawing.ts';
import { lightUp } from '../store/lit.ts';
import { fieldOf } from '../store/params.ts';
import { TableEditor } from './TableEditor.tsx';
import type { TableDocument } from './table.ts';
import { bindingsOf, type TriedBinding } from './tried-bindings.ts';
import './try-key.css';

/** The rules of the server come with it. */
const preview = () => import('../../sim-engine/previews/rabbitmq-try-key.ts');
type Previews = Awaited<ReturnType<typeof preview>>;
type Tried = Extract<ReturnType<Previews['previewKey']>, { ok: true }>['value'];

const HEADERS = fieldsOfWire('binding').arguments as TableField;
const BINDINGS_MAX = 12;
const NAMES_MAX = 6;

export interface TryKeyProps {
  readonly node: NodeDocument;
  readonly topology: TopologyDocument;
}

export function TryKey({ node, topology }: TryKeyProps) {
  // Null: nobody tries.
  const [key, setKey] = useState<string | null>(null);
  const [headers, setHeaders] = useState<TableDocument>({});
  const [previews, setPreviews] = useState<Previews | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const isTried = key !== null;
  useEffect(() => {
    if (isTried) void preview().then(setPreviews);
  }, [isTried]);
  const parsed = useMemo(() => (isTried ? parseTopologyDocument(topology) : null), [isTried, topology]);
  const tried = useMemo((): Tried | null => {
    if (key === null || previews === null || !parsed?.ok) return null;
    const answer = previews.previewKey(parsed.value, node.parent ?? '', node.id, { key, headers });
    return answer.ok ? answer.value : null;
  }, [key, headers, previews, parsed, node]);
  useEffect(() => {
    if (tried === null) {
      lightUp(null);
      return;
    }
    const exchanges = tried.steps.flatMap(({ part }) => part ?? []);
    lightUp({ wires: new Set(tried.wires), nodes: new Set([...exchanges, ...tried.queues]) });
  }, [tried]);
  useEffect(() => () => lightUp(null), []);

  const type = String(fieldOf(node, 'type'));
  const asksHeaders = type === 'headers' || (type === 'x-consistent-hash' && fieldOf(node, 'hashOn') === 'header');
  const stop = () => {
    setKey(null);
    setHeaders({});
    input.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from whatever has the focus inside.
    <div
      className="inspector-section try-key"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isTried) return;
        event.stopPropagation();
        stop();
      }}
    >
      <h3>{rabbitText(asksHeaders ? 'try.title.headers' : 'try.title')}</h3>
      <span className="field-value mono">
        <input
          ref={input}
          value={key ?? ''}
          placeholder={rabbitText('try.placeholder')}
          aria-label={rabbitText('try.key')}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setKey(event.target.value)}
        />
        {isTried && (
          <button
            type="button"
            className="field-act"
            aria-label={rabbitText('try.stop')}
            title={rabbitText('try.stop')}
            onClick={stop}
          >
            <X size={14} strokeWidth={1.75} />
          </button>
        )}
      </span>
      {asksHeaders && (
        <TableEditor
          field={HEADERS}
          label={rabbitText('try.headers')}
          value={headers}
          onChange={(next) => {
            setHeaders(next ?? {});
            setKey(key ?? '');
          }}
        />
      )}
      <p className="try-answer" role="status">
        {tried === null ? rabbitText('try.nothing-sent') : answerOf(tried, topology)}
      </p>
      {tried !== null && <Bindings all={bindingsOf(topology, node.id, tried.wires)} />}
    </div>
  );
}

function Bindings({ all }: { readonly all: readonly TriedBinding[] }) {
  const seen = all.slice(0, BINDINGS_MAX);
  return (
    <ul className="try-bindings">
      {seen.map(({ id, label, to, isTaken }) => (
        <li key={id} className={isTaken ? 'is-taken' : ''}>
          {isTaken ? <Check size={14} strokeWidth={2} /> : <X size={14} strokeWidth={1.75} />}
          <span className="mono">{label}</span>
          <b>{to}</b>
          <i>{rabbitText(isTaken ? 'try.takes' : 'try.takes-not')}</i>
        </li>
      ))}
      {all.length > seen.length && <li className="try-more">{rabbitText('try.more', { count: all.length - seen.length })}</li>}
    </ul>
  );
}

function answerOf({ refused, queues, steps }: Tried, topology: TopologyDocument): string {
  if (refused !== 0) return rabbitText('try.refused', { code: refused });
  if (queues.length === 0) return rabbitText('try.nobody');
  const names = queues.map((id) => nameOf(topology, id));
  const shown = names.slice(0, NAMES_MAX).join(', ');
  const more = names.length - NAMES_MAX;
  const values = { count: queues.length, queues: more > 0 ? rabbitText('try.names', { names: shown, more }) : shown };
  if (steps.some(({ by }) => by === 'alternate')) return rabbitText('try.alternate', values);
  return rabbitText(queues.length === 1 ? 'try.one' : 'try.many', values);
}
