// The list of keys, and the switch that turns those off that are a single character.

import { text } from '../messages/asked.ts';
import { setSingleKeys, useKeys } from '../store/keys.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { keyGroups } from './key-rows.ts';
import './shortcuts.css';

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const hasSingle = useKeys((keys) => keys.hasSingle);
  return (
    <Dialog title={text('keys.title')} closeLabel={text('dialog.close')} className="keys-dialog" onClose={onClose}>
      <label className="keys-switch">
        <span>
          <b>{text('keys.single')}</b>
          <small id="keys-single-help">{text('keys.single.help')}</small>
        </span>
        <input
          type="checkbox"
          aria-describedby="keys-single-help"
          checked={hasSingle}
          onChange={(event) => setSingleKeys(event.target.checked)}
        />
      </label>
      <div className="keys-groups">
        {keyGroups().map(({ name, rows }) => (
          <section key={name} aria-label={name}>
            <h3>{name}</h3>
            <dl>
              {rows.map(({ words, keys, isSingle }) => (
                <div key={words}>
                  <dt>{words}</dt>
                  <dd>
                    {isSingle && !hasSingle ? <small>{text('keys.off')}</small> : keys.map((key) => <kbd key={key}>{key}</kbd>)}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
