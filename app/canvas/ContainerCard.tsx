// A node that holds others: a frame with its name, the parts stand in it as cards of their own.

import type { NodeProps } from '@xyflow/react';
import { lazy, memo, Suspense } from 'react';
import { kindName } from '../node-views/node-views.ts';
import { nodeName } from '../store/node-name.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import type { CardNode } from './flow-nodes.ts';
import './container.css';

const BrokerHead = lazy(async () => ({ default: (await import('./BrokerHead.tsx')).BrokerHead }));
const ClusterHead = lazy(async () => ({ default: (await import('./ClusterHead.tsx')).ClusterHead }));

export const ContainerCard = memo(function ContainerCard({ data: { node }, selected }: NodeProps<CardNode>) {
  return (
    <section className={`container${selected ? ' is-selected' : ''}`} aria-label={nodeName(node)}>
      <header>
        <KindGlyph kind={node.kind} size={18} />
        <h3>{nodeName(node)}</h3>
        {node.kind === 'rabbitmq' || node.kind === 'kafka' ? (
          <Suspense>{node.kind === 'kafka' ? <ClusterHead node={node} /> : <BrokerHead node={node} />}</Suspense>
        ) : (
          <p>{kindName(node.kind).toLowerCase()}</p>
        )}
      </header>
    </section>
  );
});
