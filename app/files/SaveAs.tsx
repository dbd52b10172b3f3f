// Beside Save, where a RabbitMQ broker is drawn: what else the drawing can be saved as.

import { ChevronDown, FileJson } from 'lucide-react';
import { useState } from 'react';
import { rabbitText } from '../messages/rabbitmq.ts';
import { Menu } from '../ui/Menu.tsx';
import { saveDefinitions } from './definitions.ts';

export function SaveAs() {
  const [at, setAt] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const label = rabbitText('definitions.save-as');
  return (
    <>
      <button
        type="button"
        className="btn ghost only save-as"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setAt({ x: left, y: bottom + 8 });
        }}
      >
        <ChevronDown size={14} strokeWidth={1.75} />
      </button>
      {at !== null && (
        <Menu
          label={label}
          items={[{ label: rabbitText('definitions.save'), icon: FileJson, onPick: () => void saveDefinitions() }]}
          at={at}
          onClose={() => setAt(null)}
        />
      )}
    </>
  );
}
