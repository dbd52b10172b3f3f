// Open and Save in the bar on top, and the page as a place to drop a file on.

import { FolderOpen, Save } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { text } from '../messages/text.ts';
import { topologyOf } from '../store/drawing.ts';
import { present, useLab } from '../store/lab.ts';
import { openFile, saveFile } from './files.ts';
import './files.css';

const SaveAs = lazy(async () => ({ default: (await import('./SaveAs.tsx')).SaveAs }));

export function FileButtons() {
  const hasBroker = useLab((lab) => {
    const drawing = present(lab);
    return drawing !== null && topologyOf(drawing).nodes.some(({ kind }) => kind === 'rabbitmq');
  });
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="btn ghost" title={text('bar.open.help')} onClick={() => input.current?.click()}>
        <FolderOpen size={16} strokeWidth={1.75} />
        <span>{text('bar.open')}</span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={text('bar.open.help')}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file !== undefined) void openFile(file);
        }}
      />
      <button type="button" className="btn ghost" title={text('bar.save.help')} onClick={saveFile}>
        <Save size={16} strokeWidth={1.75} />
        <span>{text('bar.save')}</span>
      </button>
      <Suspense>{hasBroker && <SaveAs />}</Suspense>
      <DropZone />
    </>
  );
}

/** Covers the page while a file is held over it. */
function DropZone() {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setIsOver(false);
      if (!hasFile(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) void openFile(file);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return isOver ? <p className="drop-zone">{text('files.drop')}</p> : null;
}
