import * as upper from "../upper";
import { closeRequest, request } from "./requests";

/** Ends a caller's request and tells the caller: the only way in which one is answered. */
export function answer(index: u32, status: u32): void {
  const tag = request(index).tag;
  closeRequest(index);
  upper.done(tag, status);
}
