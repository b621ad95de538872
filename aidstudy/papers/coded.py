"""Names of what two coders coded: tables and columns, in English and in Chinese."""

from __future__ import annotations

CODED_TABLES = {
    "figures": ("figures", "数字"),
    "projects": ("projects", "项目"),
    "events": ("events", "事件"),
    "pairs": ("pairs", "结对"),
    "mechanisms": ("devices", "机制"),
}
CODED_COLUMNS = {
    "article": ("article", "所属报道"),
    "numeral": ("numeral", "数字写法"),
    "kind": ("kind", "类别"),
    "value": ("value", "数值"),
    "unit": ("unit", "单位"),
    "bound": ("bound", "上下限类型"),
    "measure": ("measure", "计量内容"),
    "subject": ("subject", "对象"),
    "donor": ("donor", "支援方"),
    "period": ("period", "时期"),
    "sector": ("sector", "部门"),
    "status": ("status", "状态"),
    "stage": ("stage", "阶段"),
    "precision": ("precision", "时间精度"),
    "realised": ("realised or planned", "已发生或计划"),
    "level": ("level", "层级"),
    "role": ("role", "角色"),
    "present": ("mentioned or not", "是否提及"),
}
