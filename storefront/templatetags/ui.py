"""All components under one name: `{% load ui %}`."""

from django import template

from storefront.templatetags import charts, forms, layout, narrowing, shown, tables

register = template.Library()
for library in (charts, forms, layout, narrowing, shown, tables):
    register.tags |= library.register.tags
    register.filters |= library.register.filters
