"""`lms keys rotate`: another LMS_SECRET_KEY, in `lms.env` of the instance folder and durably."""
