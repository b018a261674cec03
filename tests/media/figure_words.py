"""Words of boards, lists and charts, in several scripts and lengths, that the layout of figures must bear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIGURES: Final[Mapping[str, tuple[Mapping[str, str], str]]] = {
    "two": ({"figures": "**€2.50** a day | **36 hours** of battery, measured high in the mountains",
             "source": "Test laboratory, Ghent, May 2026"}, "en"),
    "three": ({"figures": "**40 %** less sugar | **12** flavours | **3** sizes"}, "en"),
    "five": ({"figures": "**7** bakers | **24 h** of rest for every dough | **1,250** loaves a day | **100 %** rye | "
                         "**3** shops in the old town"}, "en"),
    "long": ({"figures": "**1,204,500.75 kg** of clay from one single quarry | **4.82 bn** litres of Atlantic rain"},
             "en"),
    "list": ({"figures": "Rye sourdough | Butter plait | Poppy seed rolls"}, "en"),
    "six items": ({"figures": "Rooms | Breakfast | Sauna | Bicycles | Boats | A library by the lake"}, "en"),
    "long items": ({"figures": "Dental hygienist, 30 hours | Prosthetics assistant, full time | Trainee from 1 August",
                    "source": "Test laboratory, Ghent, May 2026"}, "en"),
    "rows": ({"figures": "**Mon 18:30:** Vinyasa | **Tue 7:00:** Sunrise flow | **Sat 10:00:** Family yoga"}, "en"),
    "long rows": ({"figures": "**Saturday 5 July:** The Low Tide Band, Omar Diallo | **Sunday 6 July:** free family "
                              "picnic with the Youth Big Band"}, "en"),
    "arabic rows": ({"figures": "**الجمعة:** رباعي ألما | **السبت:** فرقة المد | **الأحد:** نزهة عائلية"}, "ar"),
    "chinese rows": ({"figures": "**周一：** 流瑜伽 | **周二：** 阴瑜伽 | **周三：** 瑜伽"}, "zh"),
    "millions": ({"figures": "**1,9 млн. kWh** за една година | **0,17 лв.** за киловатчас"}, "bg"),
    "arabic": ({"figures": "**٤٠ ٪** سكر أقل | **12** نكهة | **3** أحجام | **7** أيام"}, "ar"),
    "chinese": ({"figures": "**40 %** 减糖 | **12 万** 位会员 | **3** 种规格"}, "zh"),
    "bars": ({"kicker": "City", "label": "Bowls sold in 2025", "chart": "bar", "source": "Annual report 2025",
              "figures": "Ghent **1,204** | Sofia **860** | Stuttgart Untertürkheim **2,340** | Lyon **95**"}, "en"),
    "twelve bars": ({"label": "Seats taken", "chart": "bar",
                     "figures": " | ".join(f"Evening number {n} **{n * n}.5 %**" for n in range(1, 13))}, "en"),
    "arabic bars": ({"kicker": "المدينة", "label": "الأعضاء", "chart": "bar",
                     "figures": "القاهرة **1,204** | الرياض **2,340** | دبي **860**"}, "ar"),
    "chinese bars": ({"kicker": "城市", "label": "会员人数", "chart": "bar",
                      "figures": "上海 **2,340** | 成都 **1,204** | 杭州 **860**"}, "zh"),
    "line": ({"kicker": "Year", "label": "Members", "chart": "line",
              "figures": "2021 **1,204** | 2022 **1,560** | 2023 **1,480** | 2024 **3,115**"}, "en"),
    "long line": ({"label": "Rain in the valley, in litres", "chart": "line",
                   "figures": " | ".join(f"{month} **{1000 + 7 * at},250 l**" for at, month in enumerate(
                       "January February March April May June July August September October".split()))}, "en"),
    "ring": ({"kicker": "What", "label": "Where a euro goes", "chart": "ring",
              "figures": "Clay and glaze **62 %** | Wages **28 %** | Rent and the electricity of the kiln **10 %**"},
             "en"),
    "one share": ({"figures": "of our guests come back within a year **87 %**", "chart": "ring"}, "en"),
}  # fmt: skip
"""Words of a board or chart by what they are, each with its language."""
