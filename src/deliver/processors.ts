import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type Type } from '@nestjs/common';
import type { Job } from 'bull';
import { QUEUES, type DeliveryJob, type JobSink } from './queue.js';
import { LANES } from './tokens.js';

/** Jobs taken side by side from one queue. It never stands in for the concurrency of deliveries: that is the lane's. */
const CONCURRENCY = 4;

/** Hands the ids of a job to the lane and returns; it never waits for HTTP. */
function hand(sink: JobSink, { data }: Job<DeliveryJob>): void {
  // An evicted job hash arrives as {} (measured); the sweeper finds its rows.
  if (typeof data.target === 'string' && Array.isArray(data.ids)) sink.take(data);
}

/** `@Processor` names its queue at declaration, so each of the fixed queues gets a class of its own. */
function processorFor(queue: (typeof QUEUES)[number]): Type {
  @Injectable()
  @Processor(queue)
  class QueueProcessor {
    constructor(@Inject(LANES) private readonly sink: JobSink) {}

    @Process({ concurrency: CONCURRENCY })
    process(job: Job<DeliveryJob>): Promise<void> {
      hand(this.sink, job);
      return Promise.resolve();
    }
  }
  return QueueProcessor;
}

export const QUEUE_PROCESSORS: readonly Type[] = QUEUES.map(processorFor);
