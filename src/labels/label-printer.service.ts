import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { LabelIdentity } from './label-content.js';
import { LabelSubjects } from './label-subjects.service.js';
import { LabelsService } from './labels.service.js';
import { type LabelStyleInput, styleOf } from './label.model.js';
import type { LabelRequest, RenderedLabel } from './render-label.js';

/** Puts the product's name and this installation's Digital Link host to what is asked for, and has it drawn. */
@Injectable()
export class LabelPrinter {
  private readonly stem: string | undefined;

  constructor(
    @Inject(LabelsService) private readonly labels: LabelsService,
    @Inject(LabelSubjects) private readonly subjects: LabelSubjects,
    @Inject(Config) config: Config,
  ) {
    this.stem = config.http.publicUrl;
  }

  /** Throws LabelError. */
  async print(identity: LabelIdentity, look?: LabelStyleInput | null): Promise<RenderedLabel> {
    return this.labels.render(await this.request(identity, look));
  }

  /** All or none, in order. Throws LabelError. */
  async printMany(identities: readonly LabelIdentity[], look?: LabelStyleInput | null): Promise<RenderedLabel[]> {
    return this.labels.renderMany(await Promise.all(identities.map((identity) => this.request(identity, look))));
  }

  private async request(identity: LabelIdentity, look?: LabelStyleInput | null): Promise<LabelRequest> {
    const named = look?.productName === true && identity.kind !== 'container';
    return {
      identity,
      style: styleOf(look),
      ...(this.stem !== undefined && { stem: this.stem }),
      ...(named && { name: await this.subjects.nameOf(identity.gtin) }),
    };
  }
}
