from django.apps import AppConfig


class CriteriaConfig(AppConfig):
    name = "accord.criteria"
    label = "criteria"
