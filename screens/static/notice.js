// The notice on whatever printer this computer has.

import { byId } from "./words.js";

byId("print").addEventListener("click", () => window.print());
