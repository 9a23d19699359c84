// A test without a single assertion proves nothing: make it fail.
import 'reflect-metadata';
import { beforeEach, expect } from '@jest/globals';

beforeEach(() => {
  expect.hasAssertions();
});
