"""Our own emblems: things that Noto Emoji lacks or draws as clip-art, in its weight and box. Used by build.py."""

from __future__ import annotations

import math
from typing import Final

DRAWINGS: Final[dict[str, str]] = {
    "bridge": """
        stroke M 160 400 L 2440 400
        fill R 720 -300 880 1640 40
        fill R 1720 -300 1880 1640 40
        stroke M 160 680 Q 600 780 760 1480
        stroke M 840 1480 Q 1300 180 1760 1480
        stroke M 1840 1480 Q 2000 780 2440 680
        thin M 440 400 L 440 780
        thin M 1080 400 L 1080 980
        thin M 1300 400 L 1300 820
        thin M 1520 400 L 1520 980
        thin M 2160 400 L 2160 780
        stroke M 180 -220 Q 290 -60 400 -220 Q 490 -340 580 -220
        stroke M 1020 -220 Q 1160 -60 1300 -220 Q 1440 -380 1580 -220
        stroke M 2020 -220 Q 2110 -60 2220 -220 Q 2310 -340 2420 -220""",
    "button": """
        stroke O 1300 700 960
        thin O 1300 700 700
        fill O 1070 930 115
        fill O 1530 930 115
        fill O 1070 470 115
        fill O 1530 470 115""",
    "drill": """
        stroke M 160 1180 L 560 1180
        fill M 520 960 L 820 860 L 820 1500 L 520 1400 Z
        shape M 1440 960 L 1600 60 L 2040 60 L 1960 960 Z
        shape R 860 900 2180 1460 200
        shape R 1380 -330 2260 70 100
        thin M 1780 1180 L 2000 1180
        fill M 1240 860 L 1440 860 L 1400 600 Q 1280 640 1240 860 Z""",
    "ferry": """
        thin M 1440 1100 L 1440 1420
        fill M 1440 1420 L 1160 1330 L 1440 1240 Z
        shape M 680 880 L 700 1200 L 960 1200 L 980 880 Z
        stroke M 700 1070 L 960 1070
        shape M 1240 880 L 1240 1130 L 1800 1130 L 1920 880 Z
        fill M 1540 970 L 1540 1040 L 1730 1040 L 1770 970 Z
        shape R 280 560 2140 890 60
        fill R 420 670 620 800 30
        fill R 740 670 940 800 30
        fill R 1060 670 1260 800 30
        fill R 1380 670 1580 800 30
        fill R 1700 670 1900 800 30
        shape M 120 560 L 2520 600 Q 2380 160 2100 60 L 420 60 Q 190 160 120 560 Z
        stroke M 240 390 L 2360 410
        stroke M 60 -150 Q 266 30 472 -150 Q 678 -330 884 -150 Q 1090 30 1296 -150 Q 1502 -330 1708 -150
            Q 1914 30 2120 -150 Q 2326 -330 2540 -150""",
    "fridge": """
        shape R 640 -290 1960 1740 180
        stroke M 640 1060 L 1960 1060
        stroke M 900 1300 L 900 1500
        stroke M 900 480 L 900 820
        fill R 760 -400 1000 -290 40
        fill R 1600 -400 1840 -290 40""",
    "grill": """
        stroke M 900 160 L 640 -340
        stroke M 1700 160 L 1960 -340
        shape M 380 660 C 380 240 760 20 1300 20 C 1840 20 2220 240 2220 660 Z
        shape M 380 860 C 380 1280 760 1540 1300 1540 C 1840 1540 2220 1280 2220 860 Z
        stroke M 1120 1560 L 1120 1720 L 1480 1720 L 1480 1560
        thin M 680 980 Q 760 1240 1040 1330
        fill O 1980 -270 150""",
    "hair_dryer": """
        shape M 1340 640 L 1210 -300 L 1590 -340 L 1800 640 Z
        shape M 330 800 L 330 1380 L 620 1330 Q 1000 1400 1420 1590 C 1900 1740 2270 1480 2270 1090
            C 2270 700 1900 440 1420 590 Q 1000 780 620 850 Z
        stroke M 620 850 L 620 1330
        stroke O 1700 1090 250
        fill R 1360 200 1500 420 60""",
    "lighthouse": """
        stroke M 420 -300 L 2180 -300
        shape M 900 -300 L 1060 980 L 1540 980 L 1700 -300 Z
        fill M 944 60 L 1656 60 L 1612 400 L 986 400 Z
        fill R 900 920 1700 1080 60
        stroke R 1080 1080 1520 1400 30
        fill M 960 1380 L 1640 1380 L 1300 1740 Z
        fill R 1240 1120 1360 1360 40
        stroke M 820 1320 L 400 1480
        stroke M 820 1160 L 400 1000
        stroke M 1780 1320 L 2200 1480
        stroke M 1780 1160 L 2200 1000""",
    "perfume": """
        shape R 560 -330 1800 800 260
        fill M 660 180 Q 920 300 1180 180 Q 1440 60 1700 180
            L 1700 40 Q 1700 -230 1540 -230 L 820 -230 Q 660 -230 660 40 Z
        fill R 1000 840 1360 1010 30
        shape R 920 1060 1440 1440 80
        stroke M 1440 1250 Q 1760 1250 1860 1000
        shape O 2010 760 250
        fill O 720 1260 70
        fill O 480 1410 70
        fill O 480 1110 70
        fill O 300 1260 70""",
    "pram": """
        stroke M 980 120 L 800 -120
        stroke M 1620 120 L 1800 -120
        stroke M 2080 760 Q 2120 1160 2420 1180
        shape M 460 760 L 2080 760 C 2080 320 1760 80 1270 80 C 780 80 460 320 460 760 Z
        shape M 460 760 C 460 1260 820 1640 1270 1640 L 1270 760 Z
        thin M 1270 760 L 700 1330
        thin M 1270 760 L 540 1060
        shape O 800 -140 210
        shape O 1800 -140 210
        fill O 800 -140 60
        fill O 1800 -140 60""",
    "solar_panel": """
        stroke M 1300 60 L 1300 -300
        stroke M 860 -300 L 1740 -300
        shape M 660 1000 L 1940 1000 L 2380 60 L 220 60 Z
        thin M 1087 1000 L 940 60
        thin M 1513 1000 L 1660 60
        thin M 460 530 L 2140 530
        fill O 1300 1420 150
        thin M 1300 1680 L 1300 1760
        thin M 1000 1420 L 920 1420
        thin M 1600 1420 L 1680 1420
        thin M 1088 1632 L 1032 1688
        thin M 1512 1632 L 1568 1688""",
    "tree": """
        fill M 1210 -300 L 1230 700 L 1370 700 L 1390 -300 Z
        stroke M 1300 260 L 1640 620
        stroke M 1300 120 L 1000 420
        stroke M 700 -300 L 1900 -300
        shape M 620 560 C 300 560 180 860 360 1060 C 280 1340 560 1560 820 1480 C 960 1760 1560 1800 1720 1500
            C 2040 1580 2320 1320 2220 1040 C 2420 840 2280 540 1960 560 C 1760 380 1500 420 1380 560
            C 1160 400 820 400 620 560 Z
        fill O 800 1000 75
        fill O 1160 1290 75
        fill O 1300 880 75
        fill O 1640 1180 75
        fill O 1860 880 75""",
    "runner": """
        fill T 1540 1230 96 1640 1060 86 1760 960 76 1900 1010 68 2040 1180 56
        fill O 2075 1235 74
        fill T 1240 650 150 1480 650 148 1690 612 116 1772 500 98 1788 340 106 1740 60 52
        carve M 1600 860 L 1550 380
        fill M 1690 40 L 1800 40 Q 1910 70 2010 120 Q 2090 130 2090 60 Q 2090 10 2040 -10
            L 1680 -80 Q 1640 -10 1690 40 Z
        carve M 1600 84 L 1860 84
        fill T 1230 650 160 1080 440 134 930 280 100 760 190 106 450 150 50
        carve M 860 570 L 1220 350
        fill M 480 220 L 390 226 Q 310 200 314 110 L 330 -150 Q 370 -230 430 -170 L 520 90 Z
        carve M 520 260 L 440 40
        fill M 1060 690 Q 1150 960 1310 1260 Q 1400 1380 1520 1350 Q 1680 1300 1630 1140 Q 1560 880 1430 620 Z
        fill T 1520 1300 78 1580 1440 74
        fill T 1640 1560 126 1660 1610 134
        fill T 1560 1660 70 1440 1710 62 1320 1640 24
        carve M 950 790 Q 1220 700 1540 790
        cut M 1120 1040 Q 1330 1080 1420 1200 Q 1300 1150 1100 1090 Z
        fill T 1400 1250 94 1180 1160 86 1010 1120 76 960 970 68 930 800 54
        fill O 930 755 72""",
    "soup": """
        stroke M 620 -250 L 1980 -250
        shape M 260 700 C 260 120 660 -180 1300 -180 C 1940 -180 2340 120 2340 700 Z
        stroke M 160 700 L 2440 700
        stroke M 860 980 Q 700 1160 860 1330 Q 1020 1500 860 1680
        stroke M 1300 980 Q 1140 1160 1300 1330 Q 1460 1500 1300 1680
        stroke M 1740 980 Q 1580 1160 1740 1330 Q 1900 1500 1740 1680
        thin M 520 440 Q 620 180 860 60""",
    "pet_bowl": """
        shape M 620 760 L 1980 760 L 2400 -140 Q 2420 -280 2280 -280 L 320 -280 Q 180 -280 200 -140 Z
        fill M 900 330 Q 780 390 740 280 Q 640 240 720 150 Q 680 30 800 40 Q 880 -40 960 80 L 1640 80
            Q 1720 -40 1800 40 Q 1920 30 1880 150 Q 1960 240 1860 280 Q 1820 390 1700 330 Q 1660 320 1640 270
            L 960 270 Q 940 320 900 330 Z
        stroke M 560 760 L 2040 760
        fill O 860 960 110
        fill O 1140 1010 120
        fill O 1440 1020 120
        fill O 1720 960 110
        fill O 1010 1210 110
        fill O 1300 1260 120
        fill O 1570 1210 110""",
    "coffee_beans": """
        shape M 300 180 C 120 620 360 1240 820 1500 C 1240 1720 1560 1480 1500 1000 C 1440 520 1080 -60 720 -160
            C 520 -220 380 -40 300 180 Z
        stroke M 560 -60 Q 620 520 900 700 Q 1200 900 1180 1500
        shape M 1260 360 C 1080 40 1240 -300 1600 -330 C 2040 -360 2400 -60 2440 300 C 2470 640 2180 800 1860 740
            C 1600 690 1380 580 1260 360 Z
        stroke M 1270 200 Q 1600 320 1850 180 Q 2100 30 2420 200""",
    "shoji": """
        stroke M 160 1560 L 2440 1560
        stroke M 160 -300 L 2440 -300
        shape R 300 -300 1240 1560 0
        shape R 1360 -300 2300 1560 0
        thin M 613 120 L 613 1560
        thin M 927 120 L 927 1560
        thin M 300 120 L 1240 120
        thin M 300 480 L 1240 480
        thin M 300 840 L 1240 840
        thin M 300 1200 L 1240 1200
        thin M 1673 120 L 1673 1560
        thin M 1987 120 L 1987 1560
        thin M 1360 120 L 2300 120
        thin M 1360 480 L 2300 480
        thin M 1360 840 L 2300 840
        thin M 1360 1200 L 2300 1200""",
    "dance_shoe": """
        stroke M 420 1180 C 480 1560 1000 1640 1170 1420 C 1240 1300 1140 1180 960 1170 C 820 1160 640 1160 480 1180
        shape M 420 420 L 560 -280 L 740 -280 C 740 0 820 200 980 330 Z
        shape M 330 1180 C 320 1000 350 860 380 720 C 400 600 390 500 420 400 C 560 300 780 380 960 340
            C 1240 180 1480 -140 1800 -260 L 2320 -290 Q 2520 -280 2510 -160 C 2480 20 2120 100 1860 340
            Q 1760 440 1660 360 C 1520 260 1240 420 1060 640 C 860 880 660 1120 540 1240 Q 360 1340 330 1180 Z
        stroke M 1790 390 C 1560 620 1240 980 1130 1420
        fill O 1130 1400 96
        cut O 1130 1400 38
        thin M 560 1000 C 640 820 620 660 700 500
        thin M 1960 -100 Q 2160 -140 2340 -120""",
    "plait": """
        shape M 140 600 C 180 980 700 1280 1300 1280 C 1900 1280 2420 980 2460 600 C 2420 260 1900 40 1300 40
            C 700 40 180 260 140 600 Z
        stroke M 560 1100 Q 820 940 900 560
        stroke M 960 1240 Q 1220 1020 1300 560
        stroke M 1370 1260 Q 1620 1020 1700 560
        stroke M 1790 1190 Q 2000 960 2080 560
        stroke M 560 220 Q 820 320 890 720
        stroke M 960 90 Q 1210 240 1280 760
        stroke M 1370 70 Q 1610 240 1690 760
        stroke M 1790 130 Q 1990 280 2060 720
        stroke M 240 -240 L 2360 -240""",
    "roll": """
        shape M 240 180 C 200 820 640 1360 1300 1360 C 1960 1360 2400 820 2360 180 Q 2340 -120 2060 -120
            L 540 -120 Q 260 -120 240 180 Z
        stroke M 820 960 Q 1060 1120 1300 1130
        stroke M 1300 1130 Q 1540 1120 1780 960
        fill O 760 640 62
        fill O 1010 800 62
        fill O 1010 460 62
        fill O 1300 640 62
        fill O 1590 800 62
        fill O 1590 460 62
        fill O 1840 640 62
        fill O 1300 300 62
        fill O 700 280 62
        fill O 1900 280 62""",
    "fabric": """
        shape M 1980 1420 L 700 1420 C 460 1420 460 860 700 860 L 1980 860 Z
        shape O 1980 1140 280
        thin O 1980 1140 110
        shape M 560 920 L 400 -160 L 1760 -300 L 1860 860 L 700 860 Z
        thin M 700 680 L 1780 580
        thin M 640 280 L 1740 160
        fill O 860 480 70
        fill O 1240 440 70
        fill O 1600 400 70
        fill O 820 60 70
        fill O 1200 20 70
        fill O 1560 -40 70""",
    "watch": """
        shape M 1000 1160 L 1040 1620 Q 1050 1740 1170 1740 L 1430 1740 Q 1550 1740 1560 1620 L 1600 1160 Z
        shape M 1000 240 L 1040 -220 Q 1050 -340 1170 -340 L 1430 -340 Q 1550 -340 1560 -220 L 1600 240 Z
        thin M 1092 1592 L 1508 1592
        fill O 1300 -40 42
        fill O 1300 -190 42
        fill M 850 1120 Q 850 1370 930 1390 L 1040 1390 L 1080 1180 Z
        fill M 1750 1120 Q 1750 1370 1670 1390 L 1560 1390 L 1520 1180 Z
        fill M 850 280 Q 850 30 930 10 L 1040 10 L 1080 220 Z
        fill M 1750 280 Q 1750 30 1670 10 L 1560 10 L 1520 220 Z
        fill R 1950 600 2090 800 40
        shape O 1300 700 660
        fill O 1300 1180 46
        fill O 1540 1116 30
        fill O 1716 940 30
        fill O 1780 700 46
        fill O 1716 460 30
        fill O 1540 284 30
        fill O 1300 220 46
        fill O 1060 284 30
        fill O 884 460 30
        fill O 820 700 46
        fill O 884 940 30
        fill O 1060 1116 30
        fill T 1300 600 30 1300 740 44 1300 1060 16
        fill T 1210 640 30 1340 726 44 1546 860 18
        fill O 1300 700 72
        cut O 1300 700 26""",
    "meat": """
        fill M 140 860 C 60 1320 400 1700 860 1720 C 1240 1740 1420 1560 1720 1590 C 2120 1640 2460 1440 2470 1080
            C 2470 760 2260 600 2080 360 C 1880 60 1560 -310 1020 -280 C 500 -250 220 400 140 860 Z
        carve M 330 1040 C 370 580 600 -20 1040 -70 C 1500 -110 1770 240 1910 480 C 2060 700 2230 800 2250 1140
        cut T 350 1100 84 640 1400 92 980 1420 84 1400 1270 92 1840 1310 84 2230 1190 92
        cut T 1350 1300 130 1400 1060 92 1430 720 74 1440 440 64
        cut O 1400 400 84
        cut O 1490 400 84
        carve M 600 900 C 740 840 820 740 840 620
        carve M 920 760 C 1010 660 1060 520 1040 380
        carve M 680 480 C 760 440 820 360 840 280
        carve M 1800 900 C 1880 840 1930 760 1930 660""",
    "fire": """
        fill M 1160 1790 C 1580 1560 1800 1240 1750 900 C 1860 960 1930 1080 1930 1220 C 2110 1000 2190 740 2160 460
            C 2120 -20 1760 -340 1300 -340 C 820 -340 450 -20 440 440 C 430 740 540 980 730 1190
            C 720 1020 770 890 880 810 C 900 1180 1330 1360 1160 1790 Z
        cut M 1330 900 C 1330 640 1090 560 1040 320 C 1025 240 1030 180 1060 110 C 950 150 870 240 840 340
            C 770 60 950 -180 1300 -190 C 1620 -190 1800 20 1780 270 C 1770 410 1720 490 1650 550
            C 1640 460 1600 400 1530 350 C 1570 560 1510 760 1330 900 Z""",
    "house": """
        shape R 1500 1240 1760 1700 20
        fill R 1460 1640 1800 1750 30
        shape M 1080 700 L 1080 -260 L 2260 -260 L 2260 640 Z
        shape M 330 560 L 330 -260 L 1080 -260 L 1080 560 L 700 1180 Z
        shape M 720 1440 L 1900 1440 Q 1960 1440 2000 1380 L 2480 620 Q 2500 560 2440 560 L 1210 560 Z
        fill M 640 1400 Q 700 1480 770 1400 L 1260 600 Q 1290 520 1220 500 Q 1150 480 1110 540 L 705 1210 L 290 540
            Q 250 480 180 500 Q 110 530 150 610 Z
        fill M 1300 -260 L 1300 230 Q 1300 390 1460 390 Q 1620 390 1620 230 L 1620 -260 Z
        cut O 1550 80 36
        thin R 1800 0 2080 330 10
        thin M 1940 0 L 1940 330
        thin M 1800 165 L 2080 165
        thin R 540 100 870 480 10
        thin M 705 100 L 705 480
        thin M 540 290 L 870 290
        fill R 480 -10 930 70 20
        thin M 1180 1210 L 1380 1210
        thin M 1700 1150 L 1900 1150
        thin M 1370 940 L 1600 940
        thin M 1880 900 L 2080 900
        stroke M 120 -290 L 2480 -290""",
    "shoe": """
        shape M 210 330 C 170 640 190 860 230 1150 C 250 1330 400 1340 450 1210 C 560 1030 780 1000 930 1140
            C 990 1260 1040 1380 1110 1450 C 1180 1510 1290 1460 1290 1360 C 1480 1080 1720 860 2040 740
            C 2340 640 2480 520 2480 330 Z
        stroke M 930 1140 C 1120 880 1340 660 1680 600
        shape M 130 420 C 80 200 110 60 300 40 L 1640 30 C 2000 30 2320 100 2500 300 Q 2540 400 2440 400
            C 2200 330 1900 290 1560 310 C 1000 350 600 400 130 420 Z
        thin M 240 200 C 700 190 1300 140 1640 150 C 1840 160 2000 180 2160 230
        stroke M 1180 1290 L 1000 1100
        stroke M 1360 1120 L 1170 920
        stroke M 1540 960 L 1360 760
        stroke M 1740 840 L 1580 650
        stroke M 2100 700 C 1960 640 1880 520 1880 340
        fill M 640 400 C 760 600 760 760 560 1010 L 700 990 C 960 760 960 560 900 380 Z
        stroke M 240 900 C 420 860 500 660 470 420""",
    "washing_machine": """
        shape R 460 -330 2140 1740 160
        thin M 460 1270 L 2140 1270
        stroke O 1300 470 540
        fill M 920 480 Q 1110 600 1300 480 Q 1490 360 1680 480 C 1680 250 1520 90 1300 90 C 1080 90 920 250 920 480 Z
        stroke M 720 1500 L 1180 1500
        fill O 1560 1500 90
        fill O 1850 1500 90""",
    "wind_turbine": """
        fill M 1245 680 L 1190 -260 L 1410 -260 L 1355 680 Z
        stroke M 800 -300 L 1800 -300
        fill M 1300 960 Q 1100 1240 1300 1860 Q 1500 1240 1300 960 Z
        fill M 1300 960 Q 1642 993 2079 510 Q 1442 647 1300 960 Z
        fill M 1300 960 Q 1158 647 521 510 Q 958 993 1300 960 Z
        cut O 1300 960 190
        fill O 1300 960 115""",
}
"""By emblem, its shapes: how each is drawn, then its outline.

``stroke`` and ``thin`` draw lines, ``fill`` a surface, ``cut`` takes one out, ``carve`` a line; ``shape`` takes out
what lies behind it and draws its edge. An outline has the commands M, L, Q, C and Z of SVG, with y upwards, or is
``O`` x y radius, a circle, ``R`` left low right high corner, a rectangle, or ``T`` and x y radius of each
of its points, a limb.
"""


def write_clock(hours: float) -> str:
    """Write the drawing of a clock at so many hours after twelve."""
    x, y = 1300, 690

    def point(turn: float, reach: float) -> str:
        return f"{x + reach * math.sin(math.tau * turn):.0f} {y + reach * math.cos(math.tau * turn):.0f}"

    ticks = [f"thin M {point(n / 12, 720)} L {point(n / 12, 800 if n % 3 else 640)}" for n in range(12)]
    hands = [f"stroke M {x} {y} L {point(hours / 12, 380)}", f"stroke M {x} {y} L {point(hours % 1, 570)}"]
    return "\n".join([f"stroke O {x} {y} 1000", *ticks, *hands, f"fill O {x} {y} 90"])


def _write_gear() -> str:
    """Write a wheel with twelve teeth, five spokes and a hub."""
    x, y, teeth, spokes = 1300, 700, 12, 5
    rim, hub, axle, half_spoke = 610, 300, 120, 62

    def point(turn: float, reach: float) -> str:
        return f"{x + reach * math.sin(turn):.0f} {y + reach * math.cos(turn):.0f}"

    def bend(reach: float, start: float, end: float) -> str:
        step = (end - start) / 2
        steps = [(start + step / 2, start + step), (end - step / 2, end)]
        return " ".join(f"Q {point(at, reach / math.cos(step / 2))} {point(to, reach)}" for at, to in steps)

    corners = ((-0.30, 830), (-0.17, 1030), (0.17, 1030), (0.30, 830))
    edge = [point(math.tau * (tooth + side) / teeth, reach) for tooth in range(teeth) for side, reach in corners]
    shapes = [f"fill M {' L '.join(edge)} Z", f"cut O {x} {y} {axle}"]
    for spoke in range(spokes):
        middle = math.tau * (spoke + 0.5) / spokes
        wide, narrow = (math.pi / spokes - math.asin(half_spoke / reach) for reach in (rim, hub))
        outer, inner = bend(rim, middle - wide, middle + wide), bend(hub, middle + narrow, middle - narrow)
        shapes.append(f"cut M {point(middle - wide, rim)} {outer} L {point(middle + narrow, hub)} {inner} Z")
    return "\n".join(shapes)


DRAWINGS["gear"] = _write_gear()
