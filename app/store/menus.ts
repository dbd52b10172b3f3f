// The two menus of a card, of what can be done with it and of what can be done to its run, lead to one another. They lie in islands
// that do not know each other: each says here how its own is opened.

export type MenuName = 'acts' | 'faults';
type OpenMenu = (id: string, at: { readonly x: number; readonly y: number }) => void;

const openers = new Map<MenuName, OpenMenu>();

/** From now on this is how the menu is opened. Answers with the end of it. */
export function provideMenu(name: MenuName, open: OpenMenu): () => void {
  openers.set(name, open);
  return () => {
    if (openers.get(name) === open) openers.delete(name);
  };
}

/** Opens a menu of another island for a card, at a point of the window. */
export const openMenuOf = (name: MenuName, ...of: Parameters<OpenMenu>): void => openers.get(name)?.(...of);
