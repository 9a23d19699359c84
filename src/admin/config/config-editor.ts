import type { FastifyRequest } from 'fastify';
import type { Author, ChangeRequest } from '../../accounts/live/change.js';
import type { ConfigChanges } from '../../accounts/live/config-changes.js';
import { isSection, type Edit } from '../../accounts/live/edits.js';
import type { ConfigStore } from '../../accounts/live/config-store.js';
import type { Section } from '../../accounts/stored-objects.js';
import { callerOf, may } from '../access/caller.js';
import { deedOf, factOf, type Unaudited } from '../audit/unaudited.js';
import type { Deeds } from '../deeds.js';
import { notFound } from '../problems/problem.js';
import { shownChange } from './config-views.js';

/** A section of the file by the name in a path. */
export function sectionOf(name: string): Section {
  if (isSection(name)) return name;
  throw notFound('section');
}

/** Changes with their rows in the audit log. */
export class ConfigEditor {
  constructor(
    private readonly changes: ConfigChanges,
    private readonly store: ConfigStore,
    private readonly deeds: Deeds,
    private readonly unaudited: Unaudited,
  ) {}

  async change(request: FastifyRequest, edit: Edit, what: Omit<ChangeRequest, 'edit' | 'author'>) {
    const { id, name } = callerOf(request);
    const author: Author = { id, name, secrets: may(request, 'secrets:write') };
    const { version, changes, warnings } = await this.changes.change({ ...what, edit, author });
    const dryRun = what.dryRun === true;
    if (!dryRun && changes.length > 0) await this.audited(request, version);
    return { version, dryRun, changes: changes.map(shownChange), warnings };
  }

  private async audited(request: FastifyRequest, version: number): Promise<void> {
    const doc = await this.store.versions.findOne({ _id: version });
    if (!doc) return;
    const { deed, what } = deedOf(doc);
    await this.deeds.done(request, deed, what, factOf(version));
    await this.unaudited.mark(version);
  }
}
