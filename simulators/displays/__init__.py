"""Window displays: Onbon BX-5K font cards on one RS-485 line, their clocks, their dots."""

KINDS = {
    "onbon-bx5k": "simulators.displays.font_card:FontCards",
    "onbon-bx5e": "simulators.displays.bitmap_card:FifthCards",
    "onbon-bx6e": "simulators.displays.bitmap_card:SixthCards",
    "cpower5200": "simulators.displays.cpower:CPowerCards",
    "cpower5200-network": "simulators.displays.cpower:CPowerNetworkCards",
    "strip-a090": "simulators.displays.strip:TwoColourStrips",
    "strip-single": "simulators.displays.strip:SingleColourStrips",
    "modbus-text": "simulators.displays.modbus:ModbusDisplays",
    "alpha-sign": "simulators.displays.alpha:AlphaSigns",
    "vfd-cd5220": "simulators.displays.vfd:Cd5220Displays",
    "vfd-epson": "simulators.displays.vfd:EpsonDisplays",
    "nameless": "simulators.displays.nameless:NamelessDisplays",
}
"""Kind → import string of its Kind."""
