// The canvas: the drawing in React Flow, with the overlay of letters over it. Edits go to the store and come back as a new drawing;
// nothing is kept here but the view.

import {
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  type Rect,
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react';
import { Map as MapIcon, Maximize, Minus, Network, Plus } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { layOut } from '../acts/acts.ts';
import { text } from '../messages/text.ts';
import { connect, moveNodes, topologyOf } from '../store/drawing.ts';
import { beginEdit, edit, present, select, useLab } from '../store/lab.ts';
import { watchTroubles } from '../store/troubles.ts';
import { provideView } from '../store/view.ts';
import { whyNoWire } from '../store/wiring.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { REDUCED_MOTION, useIsNarrow, useMedia } from '../ui/media.ts';
import { oneStop } from '../ui/one-stop.ts';
import { useTheme } from '../ui/theme.ts';
import { Aim } from './Aim.tsx';
import { useAttention } from './attention.ts';
import { ContainerCard } from './ContainerCard.tsx';
import { useCanvasKeys } from './canvas-keys.ts';
import { carry, putDown } from './carry.ts';
import { type CardNode, type FlowDrawing, flowDrawing, type WireEdge } from './flow-nodes.ts';
import { Legend } from './Legend.tsx';
import { FAR_ZOOM } from './letters.ts';
import { NodeCard } from './NodeCard.tsx';
import { Overlay } from './Overlay.tsx';
import { useLetterPress } from './use-letter-press.ts';
import { Wire } from './Wire.tsx';
import '@xyflow/react/dist/base.css';
import './canvas.css';
import './far.css';

// Outside of the component: React Flow mounts everything anew when these change.
const NODE_TYPES = { card: NodeCard, container: ContainerCard };
const EDGE_TYPES = { wire: Wire };
const SNAP: [number, number] = [8, 8];
const ZOOM = { min: 0.1, max: 2.5 } as const;
const DOTS = 24;
/** Size of a name that can still be read at this zoom, px of the drawing, in a few steps; null where a card is drawn whole. */
const farSizeOf = (zoom: number): number | null => (zoom >= FAR_ZOOM ? null : Math.min(44, 4 * Math.ceil(3 / zoom)));
const MULTI_KEYS = ['Shift', 'Meta', 'Control'];

const CardMenu = lazy(async () => ({ default: (await import('./CardMenu.tsx')).CardMenu }));
const CarryWords = lazy(async () => ({ default: (await import('./CarryWords.tsx')).CarryWords }));
const WholeMap = lazy(async () => ({ default: (await import('./WholeMap.tsx')).WholeMap }));

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Drawing />
    </ReactFlowProvider>
  );
}

function Drawing() {
  const drawing = useLab(present);
  const selection = useLab((lab) => lab.selection);
  const isNarrow = useIsNarrow();
  const isStill = useMedia(REDUCED_MOTION);
  const theme = useTheme((state) => state.theme);
  const [hasMap, setMap] = useState(false);
  const hasMenu = useAttention(({ menu }) => menu !== null);
  const isCarried = useAttention(({ refusal }) => refusal !== null);
  const last = useRef<FlowDrawing | null>(null);
  const onLetterPress = useLetterPress();
  useCanvasKeys();
  useEffect(watchTroubles, []);
  if (drawing !== null) last.current = flowDrawing(topologyOf(drawing), selection, isNarrow, last.current);
  const flow = last.current;
  const topology = drawing && topologyOf(drawing);

  if (flow === null || topology === null) return null;
  return (
    <ReactFlow<CardNode, WireEdge>
      nodes={flow.nodes}
      edges={flow.edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      colorMode={theme}
      minZoom={ZOOM.min}
      maxZoom={ZOOM.max}
      snapToGrid
      snapGrid={SNAP}
      nodesConnectable={!isNarrow}
      elevateNodesOnSelect={false}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onNodeDragStart={beginEdit}
      onNodeDrag={(_, __, cards) => carry(cards)}
      onNodeDragStop={(_, __, cards) => putDown(cards)}
      onSelectionDragStart={beginEdit}
      onSelectionDrag={(_, cards) => carry(cards)}
      onSelectionDragStop={(_, cards) => putDown(cards)}
      onEdgeClick={onLetterPress}
      onConnect={onConnect}
      isValidConnection={({ source, target, sourceHandle }) => whyNoWire(topology, source, target, sourceHandle) === null}
      // As all keys it is meant for what has the focus, which React Flow does not look at.
      deleteKeyCode={null}
      multiSelectionKeyCode={MULTI_KEYS}
      selectionMode={SelectionMode.Partial}
      zoomOnDoubleClick={false}
      // Where the focus rests when the card that had it is gone.
      tabIndex={-1}
      aria-label={text('canvas.label', { title: topology.name ?? '' })}
    >
      <Background variant={BackgroundVariant.Dots} gap={DOTS} size={1.6} color="var(--dot)" />
      <Overlay scene={{ ...flow.scene, isStill }} />
      <FitToStage key={`${isNarrow}`} />
      <KeepInSight count={flow.nodes.length} />
      <ZoomPanel hasMap={hasMap} onMap={() => setMap(!hasMap)} />
      <Legend isStill={isStill} />
      <Suspense>{hasMap && <WholeMap />}</Suspense>
      <Suspense>{hasMenu && <CardMenu />}</Suspense>
      <Aim />
      <Suspense>{isCarried && <CarryWords />}</Suspense>
      <View />
      <CardsFirst />
      <ZoomStyle />
    </ReactFlow>
  );
}

const onConnect = ({ source, target, sourceHandle }: Connection): void =>
  edit((now) => connect(now, source, target, sourceHandle));

function onNodesChange(changes: NodeChange<CardNode>[]): void {
  const moved = new Map(
    changes.flatMap((change) => (change.type === 'position' && change.position ? [[change.id, change.position] as const] : [])),
  );
  if (moved.size > 0) edit((now) => moveNodes(now, moved));
  selectBy(changes);
}

const onEdgesChange = (changes: EdgeChange<WireEdge>[]): void => selectBy(changes);

function selectBy(changes: readonly (NodeChange<CardNode> | EdgeChange<WireEdge>)[]): void {
  const next = new Set(useLab.getState().selection);
  for (const change of changes) {
    if (change.type !== 'select') continue;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  select(next);
}

/** Marks the part of the page that no panel covers; the frame of the page sets it. */
const STAGE = '[data-stage]';

function useFitToStage(): () => void {
  const { getEdges, getNodes, getNodesBounds, setViewport } = useReactFlow<CardNode, WireEdge>();
  return useCallback(() => {
    const stage = document.querySelector(STAGE)?.getBoundingClientRect();
    const nodes = getNodes();
    if (stage === undefined || nodes.length === 0) return;
    const bounds = withWires(getNodesBounds(nodes), getEdges());
    // Half a ring of a port sticks out of a card.
    const room = 8;
    const zoom = Math.min(
      1,
      Math.max(ZOOM.min, Math.min((stage.width - 2 * room) / bounds.width, (stage.height - 2 * room) / bounds.height)),
    );
    void setViewport({
      x: Math.round(stage.x + (stage.width - bounds.width * zoom) / 2 - bounds.x * zoom),
      y: Math.round(stage.y + (stage.height - bounds.height * zoom) / 2 - bounds.y * zoom),
      zoom,
    });
  }, [getEdges, getNodes, getNodesBounds, setViewport]);
}

/** Wires that turn back go round outside of the cards. */
function withWires(cards: Rect, wires: readonly WireEdge[]): Rect {
  let { x: left, y: top } = cards;
  let [right, bottom] = [left + cards.width, top + cards.height];
  for (const { data } of wires) {
    const points = data?.shape.points ?? [];
    for (let ix = 0; ix < points.length; ix += 2) {
      const [x, y] = [points[ix] as number, points[ix + 1] as number];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Fits the drawing into the free part of the page when another drawing is opened or that part changes its size. */
function FitToStage() {
  const fitToStage = useFitToStage();
  const flow = useStoreApi();
  const opened = useLab((lab) => lab.openCount);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every drawing that is opened is fitted anew.
  useEffect(() => {
    const stage = document.querySelector(STAGE);
    const { domNode } = flow.getState();
    if (stage === null || domNode === null) return;
    const observer = new ResizeObserver(() => {
      const { left, right, bottom } = stage.getBoundingClientRect();
      const page = domNode.getBoundingClientRect();
      // Zoom buttons and attribution stand in the corners of the free part.
      domNode.style.setProperty('--stage-left', `${left - page.left}px`);
      domNode.style.setProperty('--stage-right', `${page.right - right}px`);
      domNode.style.setProperty('--stage-bottom', `${page.bottom - bottom}px`);
      fitToStage();
    });
    observer.observe(stage);
    return () => observer.disconnect();
  }, [fitToStage, flow, opened]);
  return null;
}

/** A card that was added where it cannot be seen makes the drawing fit again. */
function KeepInSight({ count }: { count: number }) {
  const fitToStage = useFitToStage();
  const { getInternalNode, getNodes, flowToScreenPosition } = useReactFlow();
  const known = useRef<ReadonlySet<string> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked at whenever there are more or fewer cards.
  useEffect(() => {
    const { current } = known;
    const nodes = getNodes();
    known.current = new Set(nodes.map(({ id }) => id));
    const stage = document.querySelector(STAGE)?.getBoundingClientRect();
    if (current === null || stage === undefined) return;
    const isOutside = nodes.some((node) => {
      if (current.has(node.id)) return false;
      // Of a part its position is that in its container.
      const { x, y } = getInternalNode(node.id)?.internals.positionAbsolute ?? node.position;
      const from = flowToScreenPosition({ x, y });
      const to = flowToScreenPosition({ x: x + (node.width ?? 0), y: y + (node.height ?? 0) });
      return from.x < stage.left || from.y < stage.top || to.x > stage.right || to.y > stage.bottom;
    });
    if (isOutside) fitToStage();
  }, [count, fitToStage, flowToScreenPosition, getInternalNode, getNodes]);
  return null;
}

/** Tells the style sheet how large things are drawn: what is grasped keeps its size, and far away a card is only its name. */
function ZoomStyle() {
  const flow = useStoreApi();
  useEffect(() => {
    let last = Number.NaN;
    const apply = () => {
      const { transform, domNode } = flow.getState();
      const zoom = transform[2];
      if (domNode === null || zoom === last) return;
      last = zoom;
      const far = farSizeOf(zoom);
      domNode.style.setProperty('--zoom', String(zoom));
      domNode.style.setProperty('--far-size', `${far ?? 0}px`);
      domNode.classList.toggle('is-far', far !== null);
      if (useAttention.getState().isFar !== (far !== null)) useAttention.setState({ isFar: far !== null });
    };
    apply();
    return flow.subscribe(apply);
  }, [flow]);
  return null;
}

/** The Tab key meets cards before wires, which React Flow puts first. What lies over what is said by their z-index. */
function CardsFirst() {
  const flow = useStoreApi();
  useEffect(() => {
    const place = (): boolean => {
      const { domNode } = flow.getState();
      const cards = domNode?.querySelector('.react-flow__nodes');
      const wires = domNode?.querySelector('.react-flow__edges');
      if (!cards || !wires) return false;
      cards.after(wires);
      return true;
    };
    if (place()) return;
    const stop = flow.subscribe(() => place() && stop());
    return stop;
  }, [flow]);
  return null;
}

/** Tells the other islands where a point of the window lies in the drawing. */
function View() {
  const { screenToFlowPosition } = useReactFlow();
  useEffect(
    () =>
      provideView((point) =>
        document.elementFromPoint(point.x, point.y)?.closest('.react-flow') ? screenToFlowPosition(point) : null,
      ),
    [screenToFlowPosition],
  );
  return null;
}

function ZoomPanel({ hasMap, onMap }: { readonly hasMap: boolean; readonly onMap: () => void }) {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow();
  const percent = useStore(({ transform }) => Math.round(transform[2] * 100));
  const fitToStage = useFitToStage();
  return (
    <div className="panel zoom" role="toolbar" aria-label={text('canvas.zoom')} ref={oneStop}>
      <IconButton label={text('canvas.zoom-out')} icon={Minus} onClick={() => zoomOut()} />
      <button type="button" className="btn ghost zoom-percent" onClick={() => zoomTo(1)}>
        {text('canvas.zoom-percent', { percent })}
      </button>
      <IconButton label={text('canvas.zoom-in')} icon={Plus} onClick={() => zoomIn()} />
      <IconButton label={text('canvas.fit')} icon={Maximize} size={15} onClick={fitToStage} />
      <IconButton
        label={text('canvas.lay-out')}
        icon={Network}
        size={15}
        onClick={() => void layOut().then(() => requestAnimationFrame(fitToStage))}
      />
      <IconButton label={text('canvas.map')} icon={MapIcon} size={15} isOn={hasMap} onClick={onMap} />
    </div>
  );
}
