import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.js";

/** The builds of the driver that the package ships. */
export type DriverBuild = "production" | "rig" | "spi";

const FILES: Readonly<Record<DriverBuild, string>> = {
  production: "syncgate.wasm",
  rig: "syncgate-rig.wasm",
  spi: "syncgate-spi.wasm",
};

/** Path of a built module. @throws Error when the module was not built */
export function driverPath(build: DriverBuild): string {
  return packageFile(`build/${FILES[build]}`, 'run "npm run build"');
}

export function readDriver(build: DriverBuild): Uint8Array {
  return readFileSync(driverPath(build));
}
