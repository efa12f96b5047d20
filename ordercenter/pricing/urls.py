from django.urls import path

from ordercenter.pricing.views import import_errors_file, import_template, price_list_file

urlpatterns = [
    path("files/price-lists/<int:key>/", price_list_file, name="price_list_file"),
    path("files/price-imports/template/", import_template, name="price_import_template"),
    path("files/price-imports/<int:key>/", import_errors_file, name="price_import_errors"),
]
