"""Forms of the statement screens."""

from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

UPLOAD_MAX: Final = 8 * 1024 * 1024  # what is booked within one request; more goes by the command


class StatementForm(forms.Form):
    """One statement file of a bank."""

    statement = forms.FileField(
        label="Statement file",
        help_text="camt.053, MT940 or BAI2, up to 8 MB",
        error_messages={
            "required": "Choose a statement file first.",
            "empty": "The file is empty.",
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.sta,.mt940,.940,.txt,.bai,.bai2"}),
    )

    def clean_statement(self) -> "UploadedFile[bytes]":
        """Refuse what would take longer than a request may."""
        file: UploadedFile[bytes] = self.cleaned_data["statement"]
        if (file.size or 0) > UPLOAD_MAX:
            raise forms.ValidationError(
                "The file has %(size)s bytes, more than the %(most)s this page takes. "
                "Import it with manage.py import_statement.",
                params={"size": f"{file.size:,}", "most": f"{UPLOAD_MAX:,}"},
            )
        return file
