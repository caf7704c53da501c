"""Routes of the ledger API, below /v1/ledger/."""

from django.urls import path

from . import views

app_name = "ledger"
urlpatterns = [
    path("transfers", views.TransferCollection.as_view(), name="transfers"),
    path("transfers/<str:transaction_id>", views.TransactionDetail.as_view(), name="transfer"),
    path("accounts/<str:account_id>", views.AccountDetail.as_view(), name="account"),
    path("accounts/<str:account_id>/balance", views.AccountBalance.as_view(), name="balance"),
    path("accounts/<str:account_id>/entries", views.AccountEntries.as_view(), name="entries"),
]
